// Owns the precompiled header of the tests (CMakeLists.txt): an executable, so that its code is
// compiled for the same place as theirs.
int main() {}
