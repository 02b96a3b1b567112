# What a step of CI does stands in `.ci/run`; these are short names for it and for what one does all day.

# List what there is
_default:
    @just --list --unsorted

# Formatting and lints, nothing allowed
[group('check')]
check:
    .ci/run fmt clippy

# Run the tests
[group('check')]
test:
    .ci/run test

# Build the documentation of the code, warnings denied
[group('check')]
docs:
    .ci/run docs

# Licences, sources, duplicates and advisories of the dependencies
[group('check')]
deny:
    .ci/run deny

# Everything that CI runs
[group('check')]
ci:
    .ci/run

# Accept the output of the tests as the expected one; read the diff afterwards
[group('work')]
bless:
    BLESS=1 cargo test

# Compile this repository's own app
[group('work')]
compile *ARGUMENTS:
    cargo run --release -- compile {{ ARGUMENTS }}

# Measure every stage
[group('work')]
bench *ARGUMENTS:
    cargo bench --bench stages {{ ARGUMENTS }}

# Take the pictures of the documentation anew, with the Chromium of this machine
[group('work')]
pictures:
    PICTURES=1 cargo test --test suite browser::pictures::are_taken

# Write the embedded Kubernetes schemas anew, after raising their version in the script
[group('work')]
schemas:
    python3 schemas/generate.py
