//! Whose certificates are believed. They are always checked.

use std::fmt;
use std::io;
use std::sync::Arc;

use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Certificates that are believed; cheap to clone, to be shared by threads.
#[derive(Clone)]
pub struct Trust(Arc<ClientConfig>);

impl Trust {
    /// The system's roots, and those of a PEM file's content beside them.
    ///
    /// # Errors
    /// If `extra` holds no certificate, or one that cannot be a root.
    pub fn new(extra: Option<&[u8]>) -> io::Result<Self> {
        let invalid = |reason: &dyn fmt::Display| {
            io::Error::new(io::ErrorKind::InvalidData, reason.to_string())
        };
        let mut roots = RootCertStore::empty();
        // A root that the system holds and nobody can read is no reason to stop: what it signed
        // is then not believed.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(pem) = extra {
            let before = roots.len();
            for certificate in CertificateDer::pem_slice_iter(pem) {
                let certificate = certificate.map_err(|error| invalid(&error))?;
                roots.add(certificate).map_err(|error| invalid(&error))?;
            }
            if roots.len() == before {
                return Err(invalid(&"it holds no certificate in PEM"));
            }
        }
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| invalid(&error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(Arc::new(config)))
    }

    pub(super) fn connector(&self) -> TlsConnector {
        TlsConnector::from(Arc::clone(&self.0))
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Trust")
    }
}
