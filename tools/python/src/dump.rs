// SPDX-License-Identifier: GPL-2.0

//! Files and the dumps in them.

use std::path::Path;

use pyo3::{prelude::*, types::PyBytes};
use vmcoredd::{
    findings,
    kinds::{self, Content},
    names::Names,
};

use crate::{
    content::{Message, Register, Section, Table},
    findings::{Diagnosis, Finding},
    raise, Error,
};

#[pyclass(frozen, module = "vmcoredd")]
pub struct Vmcore(vmcoredd::Vmcore);

impl Vmcore {
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        vmcoredd::Vmcore::open(path).map(Self)
    }
}

#[pymethods]
impl Vmcore {
    #[getter]
    fn kind(&self) -> &str {
        &self.0.kind
    }

    #[getter]
    fn host(&self) -> Option<&str> {
        self.0.host.name.as_deref()
    }

    #[getter]
    fn kernel(&self) -> Option<&str> {
        self.0.host.kernel.as_deref()
    }

    #[getter]
    fn crash_time(&self) -> Option<u64> {
        self.0.host.crash_time
    }

    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.0.problems()
    }

    #[getter]
    fn dumps(&self) -> Vec<Dump> {
        self.0.dumps().iter().cloned().map(Dump).collect()
    }

    /// Names of dumps that were asked for and are not there, and why.
    #[getter]
    fn absent(&self) -> Vec<(String, String)> {
        let absent = self.0.manifest.iter().flat_map(|manifest| &manifest.absent);
        absent
            .map(|entry| (entry.name.clone(), entry.words()))
            .collect()
    }

    fn kernel_log(&self, python: Python<'_>) -> PyResult<Vec<Message>> {
        let log = python.detach(|| self.0.kernel_log()).map_err(raise)?;
        Ok(Message::all(&log))
    }

    fn __repr__(&self) -> String {
        let (path, kind) = (self.0.path.display(), &self.0.kind);
        format!(
            "<vmcoredd.Vmcore {path}: {kind}, {} dumps>",
            self.0.dumps().len()
        )
    }
}

#[pyclass(frozen, module = "vmcoredd")]
pub struct Dump(kinds::Dump);

impl Dump {
    /// Looks at what is in it, without holding up other threads of Python.
    fn with<T: Send>(
        &self,
        python: Python<'_>,
        look: impl FnOnce(&dyn Content) -> T + Send,
    ) -> PyResult<Option<T>> {
        let looked = python.detach(|| Ok(self.0.content()?.map(|content| look(content.as_ref()))));
        looked.map_err(|error: kinds::Failure| Error::new_err(error.to_string()))
    }
}

/// By the names that the program knows by itself.
fn diagnose(content: &dyn Content) -> Option<findings::Diagnosis> {
    findings::diagnose(content, &Names::default())
}

#[pymethods]
impl Dump {
    #[getter]
    fn name(&self) -> &str {
        &self.0.name
    }

    #[getter]
    fn size(&self) -> u64 {
        self.0.len
    }

    /// What the manifest says became of it.
    #[getter]
    fn status(&self) -> Option<String> {
        self.0.entry.as_ref().map(|entry| entry.words())
    }

    #[getter]
    fn format(&self, python: Python<'_>) -> PyResult<Option<&'static str>> {
        self.with(python, |content| content.format())
    }

    #[getter]
    fn title(&self, python: Python<'_>) -> PyResult<Option<String>> {
        self.with(python, |content| content.title())
    }

    #[pyo3(signature = (offset = 0, size = None))]
    fn read<'py>(
        &self,
        python: Python<'py>,
        offset: u64,
        size: Option<usize>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let there = usize::try_from(self.0.len.saturating_sub(offset)).unwrap_or(usize::MAX);
        let size = size.unwrap_or(there).min(there);
        let bytes = python.detach(|| self.0.up_to(offset, size))?;
        Ok(PyBytes::new(python, &bytes))
    }

    fn sections(&self, python: Python<'_>) -> PyResult<Vec<Section>> {
        let sections = self.with(python, |content| content.sections())?;
        Ok(sections
            .unwrap_or_default()
            .into_iter()
            .map(Section::from)
            .collect())
    }

    fn section<'py>(&self, python: Python<'py>, name: &str) -> PyResult<Bound<'py, PyBytes>> {
        let copied = self.with(python, |content| {
            let mut bytes = Vec::new();
            let copied = content.copy(name, &mut |piece| {
                bytes.extend_from_slice(piece);
                Ok(())
            });
            copied.map(|copied| copied.map(|()| bytes))
        })?;
        match copied.flatten() {
            Some(Ok(bytes)) => Ok(PyBytes::new(python, &bytes)),
            Some(Err(error)) => Err(Error::new_err(format!("{name}: {error}"))),
            None => Err(pyo3::exceptions::PyKeyError::new_err(name.to_owned())),
        }
    }

    fn tables(&self, python: Python<'_>, section: &str) -> PyResult<Vec<Table>> {
        let tables = self.with(python, |content| content.tables(section))?;
        let tables = tables.flatten().unwrap_or_default();
        Ok(tables.into_iter().map(Table).collect())
    }

    fn registers(&self, python: Python<'_>) -> PyResult<Vec<Register>> {
        let registers = self.with(python, |content| content.registers().held)?;
        Ok(registers
            .unwrap_or_default()
            .into_iter()
            .map(Register::from)
            .collect())
    }

    fn log(&self, python: Python<'_>) -> PyResult<Vec<Message>> {
        let log = self.with(python, |content| content.log())?.flatten();
        Ok(log.map_or_else(Vec::new, |log| Message::all(&log)))
    }

    fn diagnose(&self, python: Python<'_>) -> PyResult<Option<Diagnosis>> {
        let said = self.with(python, diagnose)?;
        Ok(said.flatten().map(Diagnosis::from))
    }

    fn findings(&self, python: Python<'_>) -> PyResult<Vec<Finding>> {
        let said = self.with(python, diagnose)?;
        let findings = said.flatten().map_or_else(Vec::new, |said| said.findings);
        Ok(findings.into_iter().map(Finding::from).collect())
    }

    fn __repr__(&self) -> String {
        format!("<vmcoredd.Dump {}: {} bytes>", self.0.name, self.0.len)
    }
}
