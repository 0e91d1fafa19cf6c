//! Files: received whole or chunk by chunk, told apart from envelopes, and sent in forms.

mod streamed;
mod uploaded;
mod whole;

const MEDIA: &str = "/open-apis/drive/v1/medias/boxcn1/download";
