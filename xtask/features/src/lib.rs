//! Nothing but a manifest: it asks for every feature that some package of this workspace asks for.
//!
//! Cargo builds a dependency anew for each set of features. The tour, the tests, `cargo xtask` and the downstream test
//! select different packages, so without this one each of them would build most dependencies again: the tests some 30,
//! the downstream test some 20. Two commands share a build if the packages that they select include this one, as a
//! member (`default-members`) or as a dependency. After a change of dependencies, a command that builds many of them
//! twice (`cargo build -v` says which) shows that a feature is missing here.
