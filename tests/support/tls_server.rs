//! An HTTPS server on loopback, with certificates that no system trusts.
//!
//! It needs only threads and rustls, so the tests need no other crate.

use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig, ServerConnection, Stream};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;

/// Issued by [`AUTHORITY`] for 127.0.0.1.
pub const LOOPBACK: &[u8] = include_bytes!("certificates/loopback.der");
/// The same, for another host.
pub const OTHER_NAME: &[u8] = include_bytes!("certificates/other_name.der");
/// The same for 127.0.0.1, expired in 2001.
pub const EXPIRED: &[u8] = include_bytes!("certificates/expired.der");
const AUTHORITY: &[u8] = include_bytes!("certificates/authority.der");
const KEY: &[u8] = include_bytes!("certificates/server.key.der");

/// A server that counts its connections.
pub struct TlsServer {
    pub url: String,
    connections: Arc<AtomicUsize>,
}

impl TlsServer {
    /// Presents this certificate, and responds to each request with this JSON.
    pub fn presenting(certificate: &'static [u8], json: &'static str) -> Self {
        Self::verifying(WebPkiClientVerifier::no_client_auth(), certificate, json)
    }

    /// Requires a client certificate of [`AUTHORITY`].
    pub fn requiring_client_certificate() -> Self {
        let provider = Arc::new(ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(authority()), provider);
        Self::verifying(verifier.build().unwrap(), LOOPBACK, "{}")
    }

    /// Sends these bytes without TLS after it has read a request, as a failing tunnel does.
    pub fn breaking_off_with(bytes: &'static [u8]) -> Self {
        let config = config(WebPkiClientVerifier::no_client_auth(), LOOPBACK);
        Self::serving(move |mut socket| {
            let mut connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = Stream::new(&mut connection, &mut socket);
            if read_request(&mut stream) {
                let _ = socket.write_all(bytes);
            }
            while socket.read(&mut [0; 512]).is_ok_and(|read| read > 0) {}
        })
    }

    fn verifying(clients: Arc<dyn ClientCertVerifier>, certificate: &'static [u8], json: &'static str) -> Self {
        let config = config(clients, certificate);
        Self::serving(move |stream| respond(Arc::clone(&config), stream, json))
    }

    /// Sends these bytes to each client, without a TLS handshake.
    pub fn sending(bytes: &'static [u8]) -> Self {
        Self::serving(move |mut stream| {
            let _ = stream.write_all(bytes);
            // Until the client closes: closing with unread bytes would reset the connection.
            while stream.read(&mut [0; 512]).is_ok_and(|read| read > 0) {}
        })
    }

    fn serving(serve: impl Fn(TcpStream) + Clone + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                count.fetch_add(1, SeqCst);
                let serve = serve.clone();
                thread::spawn(move || serve(stream));
            }
        });
        Self { url, connections }
    }

    pub fn connections(&self) -> usize {
        self.connections.load(SeqCst)
    }
}

fn config(clients: Arc<dyn ClientCertVerifier>, certificate: &'static [u8]) -> Arc<ServerConfig> {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(KEY));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(clients)
        .with_single_cert(vec![CertificateDer::from(certificate)], key)
        .unwrap();
    Arc::new(config)
}

fn respond(config: Arc<ServerConfig>, mut socket: TcpStream, json: &str) {
    let mut connection = ServerConnection::new(config).unwrap();
    let mut stream = Stream::new(&mut connection, &mut socket);
    if read_request(&mut stream) {
        let length = json.len();
        let _ = write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{json}");
        return;
    }
    // Reads what the client has sent: closing with unread bytes would discard the alert.
    while socket.read(&mut [0; 1024]).is_ok_and(|read| read > 0) {}
}

/// Whether a whole head arrives: a client that rejects the certificate closes the connection instead.
fn read_request(stream: &mut impl Read) -> bool {
    let (mut request, mut buffer) = (Vec::new(), [0; 1024]);
    while let Ok(read @ 1..) = stream.read(&mut buffer) {
        request.extend_from_slice(&buffer[..read]);
        if request.windows(4).any(|window| window == b"\r\n\r\n") {
            return true;
        }
    }
    false
}

fn authority() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(AUTHORITY)).unwrap();
    roots
}

/// An HTTP client that trusts only [`AUTHORITY`].
pub fn trusting_client() -> reqwest::Client {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(authority())
        .with_no_client_auth();
    reqwest::Client::builder().tls_backend_preconfigured(config).build().unwrap()
}
