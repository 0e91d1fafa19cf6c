//! A form: texts and files, sent as `multipart/form-data`.
//!
//! The HTTP client has forms of its own, which bring three more crates to every program and can be sent once only. A
//! call is made of attempts, so a form here is a value from which each attempt makes its own body (`multipart`): bytes
//! are shared, and a file that is read as it is sent is opened again.

use super::query::QueryValue;
use super::validation::Validator;
use bytes::Bytes;
use futures_core::Stream;
use reqwest::header::HeaderValue;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;

/// A form: texts and files, in the order in which they were added.
///
/// [`CustomRequest::form`](crate::CustomRequest::form) sends it as `multipart/form-data`. `Debug` shows names, not what
/// the parts hold.
///
/// ```no_run
/// # async fn example(client: feishu_user_groups::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use feishu_user_groups::{Form, Method, Upload};
///
/// let logo = Upload::new("logo.png", std::fs::read("logo.png")?);
/// let form = Form::new().text("image_type", "message").file("image", logo);
/// let request = client.request(Method::POST, "/open-apis/im/v1/images").form(form);
/// let image = request.send::<serde_json::Value>().await?;
/// println!("{}", image["image_key"]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "a form is sent by `CustomRequest::form`"]
pub struct Form {
    parts: Vec<Part>,
}

/// A part of a form.
#[derive(Clone)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) value: Value,
}

#[derive(Clone)]
pub(super) enum Value {
    Text(String),
    File(Upload),
}

impl Form {
    /// A form without parts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text, or what is shown as one, such as a number.
    pub fn text(mut self, name: impl Into<String>, value: impl fmt::Display) -> Self {
        self.add(name.into(), Value::Text(value.to_string()));
        self
    }

    /// Adds a file.
    pub fn file(mut self, name: impl Into<String>, file: Upload) -> Self {
        self.add(name.into(), Value::File(file));
        self
    }

    /// Adds a value of the spec's.
    #[allow(dead_code, reason = "called for bodies that are forms; a spec may have none")]
    pub(crate) fn value(&mut self, name: &'static str, value: &impl QueryValue) {
        self.add(name.to_owned(), Value::Text(value.query_value().into_owned()));
    }

    /// Adds a file of the spec's.
    #[allow(dead_code, reason = "called for bodies that are forms; a spec may have none")]
    pub(crate) fn upload(&mut self, name: &'static str, file: Upload) {
        self.add(name.to_owned(), Value::File(file));
    }

    fn add(&mut self, name: String, value: Value) {
        self.parts.push(Part { name, value });
    }

    /// Whether it has a file, which may take long to send.
    pub(super) fn has_file(&self) -> bool {
        self.parts.iter().any(|part| matches!(part.value, Value::File(_)))
    }

    pub(super) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Checks the names of all parts and what is said of its files.
    pub(super) fn check(&self, rules: &mut Validator) {
        if self.parts.is_empty() {
            rules.unusable("body", "is a form without parts");
        }
        for Part { name, value } in &self.parts {
            if name.is_empty() {
                rules.unusable("body", "has a part without a name");
            }
            if let Value::File(file) = value {
                file.check(name, rules);
            }
        }
    }
}

/// Shows the kind of its value, not the value.
impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Value::Text(_) => write!(f, "{}: a text", self.name),
            Value::File(file) => write!(f, "{}: {file:?}", self.name),
        }
    }
}

/// A file that a call sends. `Debug` shows its size, not what it holds.
///
/// A call with a file has no [`attempt_timeout`](crate::ClientBuilder::attempt_timeout), since an upload may take long:
/// its [`timeout`](crate::Client::with_timeout) bounds all attempts together.
#[derive(Clone)]
pub struct Upload {
    name: String,
    content_type: String,
    pub(super) content: Content,
}

/// Opens the file, once for each attempt, when its turn comes.
pub(super) type Open = dyn Fn() -> Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>> + Send + Sync;

#[derive(Clone)]
pub(super) enum Content {
    Whole(Bytes),
    Streamed { length: u64, open: Arc<Open> },
}

impl Upload {
    /// A file in memory. `name` is its name without folders.
    pub fn new(name: impl Into<String>, content: impl Into<Bytes>) -> Self {
        Self::with_content(name.into(), Content::Whole(content.into()))
    }

    /// A file of `length` bytes that is read while it is sent, for one that should not be in memory as a whole.
    ///
    /// Each attempt calls `open`, and must get the file from its beginning. A stream that fails, or has more or fewer bytes
    /// than `length`, ends the call with an error of kind [`InvalidRequest`](crate::ErrorKind::InvalidRequest): the
    /// service received a part of the request only. So does a panic of `open` or of the stream.
    ///
    /// ```
    /// use feishu_user_groups::Upload;
    /// use futures_util::stream;
    ///
    /// // Two chunks; `tokio_util::io::ReaderStream` makes such a stream of a file.
    /// let file = Upload::streamed("numbers.csv", 8, || stream::iter(["1,2\n", "3,4\n"].map(|line| Ok(line.into()))));
    /// ```
    pub fn streamed<S>(name: impl Into<String>, length: u64, open: impl Fn() -> S + Send + Sync + 'static) -> Self
    where
        S: Stream<Item = io::Result<Bytes>> + Send + 'static,
    {
        let open = Arc::new(move || -> Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>> { Box::pin(open()) });
        Self::with_content(name.into(), Content::Streamed { length, open })
    }

    fn with_content(name: String, content: Content) -> Self {
        Self { name, content_type: "application/octet-stream".to_owned(), content }
    }

    /// Sets the media type, such as `image/png`. By default it is `application/octet-stream`.
    #[must_use]
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = content_type.into();
        self
    }

    /// The head of its part, after the part's name.
    pub(super) fn head(&self) -> String {
        format!("; filename=\"{}\"\r\nContent-Type: {}", escaped(&self.name), self.content_type)
    }

    /// Its size in bytes.
    pub(super) fn length(&self) -> u64 {
        match &self.content {
            Content::Whole(content) => u64::try_from(content.len()).unwrap_or(u64::MAX),
            Content::Streamed { length, .. } => *length,
        }
    }

    pub(super) fn check(&self, name: &str, rules: &mut Validator) {
        if self.name.is_empty() {
            rules.unusable(name, "is a file without a name");
        }
        if self.content_type.is_empty() || HeaderValue::from_str(&self.content_type).is_err() {
            rules.unusable(name, "has a content type that no header can hold");
        }
    }
}

/// A name within double quotes: as browsers write it, since servers read it so.
pub(super) fn escaped(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, content_type, .. } = self;
        let content = format_args!("{} bytes", self.length());
        f.debug_struct("Upload")
            .field("name", name)
            .field("content_type", content_type)
            .field("content", &content)
            .finish()
    }
}
