//! Successes that are files: whole, or chunk by chunk, and told apart from envelopes.

mod streamed;
mod whole;

const MEDIA: &str = "/open-apis/drive/v1/medias/boxcn1/download";
