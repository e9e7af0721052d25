// A library with none of the entry points of a driver.
extern "C" int switchyard_no_driver() { return 0; }
