// SPDX-License-Identifier: GPL-2.0

//! `vmcoredd` for Python: a thin layer on the library, which `vmcoredd.pyi` describes.

mod content;
mod dump;
mod findings;

use pyo3::{create_exception, exceptions::PyException, prelude::*};

create_exception!(
    vmcoredd,
    Error,
    PyException,
    "Something in a file is damaged, or the file is of another kind."
);

/// What Python is told of an error: of one of the system, that.
fn raise(error: anyhow::Error) -> PyErr {
    let words = format!("{error:#}");
    let mut causes = error.chain();
    let io = causes.find_map(|cause| cause.downcast_ref::<std::io::Error>());
    match io {
        Some(io) => match io.raw_os_error() {
            Some(code) => pyo3::exceptions::PyOSError::new_err((code, words)),
            None => pyo3::exceptions::PyOSError::new_err(words),
        },
        None => Error::new_err(words),
    }
}

#[pymodule(name = "vmcoredd")]
mod module {
    use std::path::PathBuf;

    use pyo3::prelude::*;

    #[pymodule_export]
    use super::{
        content::{Field, Message, Register, Section, Table},
        dump::{Dump, Vmcore},
        findings::{Diagnosis, Evidence, Finding},
        Error,
    };

    #[pymodule_export]
    #[allow(non_upper_case_globals)]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    /// Opens a vmcore, or what `vmcoredd extract` or `collect` has written.
    #[pyfunction]
    fn open(python: Python<'_>, path: PathBuf) -> PyResult<Vmcore> {
        python.detach(|| Vmcore::open(&path)).map_err(super::raise)
    }
}
