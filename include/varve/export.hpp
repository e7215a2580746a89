/// The one macro of the promise: marks what the shared library shows. Applications never need it.
#pragma once

#define VARVE_API __attribute__((visibility("default")))
