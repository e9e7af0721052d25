"""Builds the two extension modules with CMake and puts them, with libswitchyard, into the package.

SWITCHYARD_BUILD_DIR names a build that is there already and is brought up to date; without it the folder
above is configured for the package alone. CMAKE_ARGS is given to CMake.
"""

import os
import pathlib
import shlex
import subprocess
import sys

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

SOURCE = pathlib.Path(__file__).resolve().parent.parent


class BuildWithCMake(build_ext):
    def run(self):
        given = os.environ.get("SWITCHYARD_BUILD_DIR")
        build = pathlib.Path(given or pathlib.Path(self.build_temp).resolve() / "cmake")
        if not given:
            self.configure(build)
        subprocess.run(["cmake", "--build", str(build), "--target", "switchyard_python"], check=True)
        prefix = self.prefix()
        subprocess.run(["cmake", "--install", str(build), "--component", "python", "--prefix", str(prefix)],
                       check=True)

    def prefix(self):
        """The folder that holds the package: of the sources for an editable installation."""
        package = pathlib.Path(self.get_ext_fullpath("switchyard._runtime")).parent
        return package.parent.resolve()

    def configure(self, build):
        if not (SOURCE / "CMakePresets.json").exists():
            sys.exit(f"{SOURCE} holds no Switchyard: install from a checkout, `pip install ./python`")
        subprocess.run(
            ["cmake", "-S", str(SOURCE), "-B", str(build), "-DCMAKE_BUILD_TYPE=Release",
             "-DSWITCHYARD_PYTHON=ON", "-DSWITCHYARD_TESTS=OFF", "-DSWITCHYARD_GPU=OFF",
             f"-DSWITCHYARD_PYTHON_EXECUTABLE={sys.executable}",
             *shlex.split(os.environ.get("CMAKE_ARGS", ""))], check=True)


setup(ext_modules=[Extension("switchyard._runtime", []), Extension("switchyard._compiler", [])],
      cmdclass={"build_ext": BuildWithCMake})
