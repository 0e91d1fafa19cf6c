//! How the call of an operation that returns a file is made: whole, or chunk by chunk.

use crate::codegen::spec::model::Operation;
use syn::{ImplItem, parse_quote};

/// The methods of its builder that send.
pub fn senders(operation: &Operation) -> [ImplItem; 2] {
    let errors = format!(
        "# Errors\n\nFails if the service returns an envelope instead of a file (its codes are listed at \
         [`Client::{0}`](crate::Client::{0})), if no valid response arrives, or if the request breaks a documented rule. \
         [`Error::kind`](crate::Error::kind) tells these apart.",
        operation.id
    );
    let (method, path) = (&operation.method, &operation.path);
    let send = format!(
        "Sends the call (`{method} {path}`) and returns the file.\n\nA file larger than \
         [`max_response_bytes`](crate::ClientBuilder::max_response_bytes) is an error: `send_stream` takes larger ones.\
         \n\n{errors}"
    );
    let stream = format!(
        "Sends the call (`{method} {path}`) and returns the file as it arrives, chunk by chunk.\n\nThe call ends where \
         the file begins, and is not repeated after that. A file of more than `max_bytes` ends with an error.\n\n{errors}"
    );
    [
        parse_quote! {
            #[doc = #send]
            pub fn send(self) -> crate::ResponseFuture<crate::File> {
                self.client.call_file(self.into_request())
            }
        },
        parse_quote! {
            #[doc = #stream]
            pub fn send_stream(self, max_bytes: u64) -> crate::ResponseFuture<crate::Download> {
                self.client.call_stream(self.into_request(), max_bytes)
            }
        },
    ]
}
