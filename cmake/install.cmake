# What `cmake --install` puts down: libraries, tools, headers, CMake package, pkg-config, manual.
