# Warnings, hardening and sanitizers, the same for every target.
# The hardening set is what the OpenSSF compiler guide asks for and gcc 12 or
# clang 14 know; flags that only one of them knows are probed.
include(CheckCCompilerFlag)
include(CheckPIESupported)
check_pie_supported(LANGUAGES C)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

add_compile_definitions(_GNU_SOURCE DROVER_VERSION="${PROJECT_VERSION}")

set(warnings
  -Wall -Wextra -Wpedantic -Wshadow -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes
  -Wswitch-enum -Wundef -Wvla -Wconversion -Wsign-conversion -Wimplicit-fallthrough
  -Wpointer-arith -Wwrite-strings
  -Werror=format-security -Werror=implicit -Werror=incompatible-pointer-types
  -Werror=int-conversion)
if(DROVER_WERROR)
  list(APPEND warnings -Werror)
endif()
add_compile_options(${warnings})

add_compile_options(
  -fno-strict-aliasing -fno-strict-overflow -fno-delete-null-pointer-checks
  -fstack-protector-strong
  -ffile-prefix-map=${PROJECT_SOURCE_DIR}=. -ffile-prefix-map=${PROJECT_BINARY_DIR}=build)
foreach(flag -fstack-clash-protection -fcf-protection=full -ftrivial-auto-var-init=zero
    -Wtrampolines -Wbidi-chars=any)
  string(MAKE_C_IDENTIFIER "HAVE${flag}" have)
  check_c_compiler_flag(${flag} ${have})
  if(${have})
    add_compile_options(${flag})
  endif()
endforeach()
add_link_options(-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,--as-needed
  -Wl,--no-copy-dt-needed-entries)

if(DROVER_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(CMAKE_BUILD_TYPE MATCHES "Rel")
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
endif()
if(DROVER_COVERAGE)
  add_compile_options(--coverage -O0)
  add_link_options(--coverage)
endif()
if(DROVER_FUZZ)
  # A double that no integer can hold is in no other set (clang).
  add_compile_options(-fsanitize=fuzzer-no-link,float-cast-overflow)
endif()
