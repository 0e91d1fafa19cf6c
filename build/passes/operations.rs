//! Passes over the builders: how a call is made.
//!
//! progenitor's `send` uses `progenitor-client` and returns the envelope. These passes give each builder
//! `into_request`, which checks the arguments and writes the request, and `send` and `send_raw` (and `stream` and
//! `pages`), which pass that request to `crate::client::Client`: the same path for every operation. None of the four is
//! `async` or generic: what they return is boxed in this crate, so that no caller's crate compiles an operation again.
//! The generated `Client` and all of `progenitor-client` are removed.

use crate::codegen::passes::arguments::Templates;
use crate::codegen::passes::documentation;
use crate::codegen::passes::files;
use crate::codegen::passes::forms;
use crate::codegen::passes::paging::{data_type, decoded_type};
use crate::codegen::passes::paths::{collisions, unaddressable};
use crate::codegen::passes::results;
use crate::codegen::passes::tables;
use crate::codegen::passes::types::{items, module, subject};
use crate::codegen::passes::validation::check;
use crate::codegen::spec::model::{Model, Operation, Parameter};
use crate::codegen::spec::names::field_ident;
use heck::ToUpperCamelCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use std::collections::BTreeMap;
use syn::{File, ImplItem, ImplItemFn, Item, ItemImpl, ItemStruct, parse_quote};

/// Rewrites `Client` and `mod builder`.
pub fn apply(code: &mut File, model: &Model) -> Result<(), String> {
    own_client(code)?;
    let builders = items(module(code, "builder")?)?;
    builders.retain(|item| !matches!(item, Item::Use(item) if quote!(#item).to_string().contains("ClientHooks")));
    // One search for all: a platform has thousands of builders.
    let mut found: BTreeMap<String, Builder> = BTreeMap::new();
    for item in builders {
        let Some(name) = subject(item) else { continue };
        let builder = found.entry(name).or_default();
        match item {
            Item::Struct(item) => builder.definition = Some(item),
            Item::Impl(item) if item.trait_.is_none() => builder.methods = Some(item),
            _ => {}
        }
    }
    let templates = Templates::new();
    for operation in &model.operations {
        let name = operation.id.to_upper_camel_case();
        let Some(Builder { definition: Some(definition), methods: Some(methods) }) = found.remove(&name) else {
            return Err(format!("progenitor wrote no builder `{name}`"));
        };
        let fields = arguments_of(definition, &templates);
        rewrite_builder(methods, model, operation, (&fields, &templates))?;
        documentation::builder(definition, model, operation);
    }
    documentation::methods(code, model)
}

/// The parts of a builder.
#[derive(Default)]
struct Builder<'a> {
    definition: Option<&'a mut ItemStruct>,
    methods: Option<&'a mut ItemImpl>,
}

/// Replaces the generated client by the hand-written one; its methods stay.
fn own_client(code: &mut File) -> Result<(), String> {
    let before = code.items.len();
    code.items.retain(|item| match item {
        Item::Use(_) | Item::Const(_) => false,
        Item::Struct(item) => item.ident != "Client",
        Item::Impl(item) => item.trait_.is_none() && !item.items.iter().any(|item| is_method(item, "new_with_client")),
        Item::Mod(item) => item.ident != "prelude",
        _ => true,
    });
    // Two imports, the struct, its constructors, `ClientInfo`, the prelude.
    if before - code.items.len() < 6 {
        return Err("progenitor's own client is not where it was".to_owned());
    }
    code.items.insert(
        0,
        parse_quote!(
            use crate::client::Client;
        ),
    );
    Ok(())
}

fn is_method(item: &ImplItem, name: &str) -> bool {
    matches!(item, ImplItem::Fn(method) if method.sig.ident == name)
}

/// Makes the fields of a builder `Argument`s; returns their names, without the client.
fn arguments_of(builder: &mut ItemStruct, templates: &Templates) -> Vec<String> {
    let mut names = Vec::new();
    for field in &mut builder.fields {
        if templates.field(field) {
            names.extend(field.ident.as_ref().map(ToString::to_string));
        }
    }
    names
}

fn rewrite_builder(
    builder: &mut ItemImpl,
    model: &Model,
    operation: &Operation,
    (fields, templates): (&[String], &Templates),
) -> Result<(), String> {
    for parameter in &operation.parameters {
        let field = field_ident(&parameter.name).to_string();
        if !fields.contains(&field) {
            return Err(format!("{}: progenitor wrote no setter for the parameter `{}`", operation.id, parameter.name));
        }
    }
    let before = builder.items.len();
    builder.items.retain(|item| !is_method(item, "send"));
    if builder.items.len() != before - 1 {
        return Err(format!("{}: progenitor wrote no `send`", operation.id));
    }
    for item in &mut builder.items {
        let ImplItem::Fn(method) = item else { continue };
        match (method.sig.ident.to_string().as_str(), &operation.body) {
            ("new", _) => begin_unset(method, fields),
            ("body", Some(body)) => convert_body(method, body),
            // It maps the `Argument` as it mapped the generator's `Result`.
            ("body_map", Some(_)) => {}
            (name, _) => {
                if !templates.setter(method) {
                    return Err(format!("{}: `{name}` is no setter", operation.id));
                }
            }
        }
        documentation::setter(method, operation);
    }
    builder.items.push(into_request(model, operation));
    builder.items.extend(match &operation.response {
        Some(_) => senders(model, operation),
        None => files::senders(operation),
    });
    if operation.page.is_some() {
        builder.items.extend(pagers(model, operation));
    }
    Ok(())
}

/// A builder begins with nothing set, and with a body of which nothing is set.
fn begin_unset(method: &mut ImplItemFn, fields: &[String]) {
    let fields = fields.iter().map(|field| {
        let name = format_ident!("{field}");
        match field.as_str() {
            "body" => quote!(body: crate::call::argument::Argument::Value(Default::default())),
            _ => quote!(#name: Default::default()),
        }
    });
    method.block = parse_quote!({ Self { client, #(#fields),* } });
}

/// The setter of the whole body.
fn convert_body(method: &mut ImplItemFn, body: &str) {
    let body = format_ident!("{body}");
    method.sig.generics = parse_quote!(<V: TryInto<types::#body, Error: ::std::fmt::Display>>);
    method.block = parse_quote!({
        self.body = crate::call::argument::Argument::<types::#body>::convert(value).map(From::from);
        self
    });
}

/// `into_request` checks the arguments and writes the request.
fn into_request(model: &Model, operation: &Operation) -> ImplItem {
    let table = tables::static_name(operation);
    let parameters = operation.parameters.iter().map(|parameter| write_parameter(model, operation, parameter));
    let body = operation.body.as_ref().map(|name| {
        let write = match (operation.body_is_form, &operation.results) {
            (true, _) => forms::write(model, name),
            (false, Some(_)) => quote!(request.batch(value);),
            (false, None) => quote!(request.body(&value);),
        };
        let body = format_ident!("{name}");
        let single = model.properties(name).filter(|(_, schema)| !matches!(model.kind_of(schema), "array" | "object"));
        let ids = single.map(|(property, schema)| {
            let (field, text) = (field_ident(property), text_of(model, schema));
            let refused = refuse(property, &text, unaddressable(model, operation, property))?;
            Some(quote!(if let crate::call::argument::Argument::Value(value) = &body.#field { #refused }))
        });
        quote! {
            if let Some(body) = request.take("body", self.body) {
                crate::call::validation::Checked::check(&body, request.rules());
                #(#ids)*
                // A body without a required property does not convert; the check has reported it.
                if let Ok(value) = types::#body::try_from(body) {
                    #write
                }
            }
        }
    });
    // An operation that takes nothing changes nothing: `mut` would be a warning.
    let mutable = (!operation.parameters.is_empty() || operation.body.is_some()).then(|| quote!(mut));
    parse_quote! {
        fn into_request(self) -> Result<crate::call::request::Request, crate::Error> {
            let #mutable request = crate::call::request::RequestBuilder::new(&super::operations::#table);
            #(#parameters)*
            #body
            request.finish()
        }
    }
}

/// `value` as `&str`, as it is on the wire: an enum's `Display` need not be.
fn text_of(model: &Model, schema: &Value) -> TokenStream {
    if model.rust_text(schema) {
        quote!(value.as_str())
    } else {
        quote!(&*crate::call::query::QueryValue::query_value(value))
    }
}

/// Refuses the values that make the path of another operation; none if there are none.
fn refuse(name: &str, text: &TokenStream, collisions: Vec<(&str, &str)>) -> Option<TokenStream> {
    let (values, others): (Vec<_>, Vec<_>) = collisions.into_iter().unzip();
    (!values.is_empty()).then(|| {
        quote! {
            if let Some(path) = match #text { #(#values => Some(#others),)* _ => None } {
                request.rules().other_path(#name, #text, path);
            }
        }
    })
}

fn write_parameter(model: &Model, operation: &Operation, parameter: &Parameter) -> TokenStream {
    let Parameter { name, .. } = parameter;
    let field = field_ident(name);
    let check = check(model, &quote!(request.rules()), name, &parameter.schema);
    if parameter.place == "path" {
        let text = text_of(model, &parameter.schema);
        let other = refuse(name, &text, collisions(model, operation, name));
        return quote! {
            if let Some(value) = request.required(#name, &self.#field) {
                #check
                #other
                request.path(#name, #text);
            }
        };
    }
    if operation.is_idempotency_key(name) {
        return quote! {
            // An empty key is no key, but the call would be retried as if it had one.
            let given = request.optional(#name, &self.#field).filter(|key| !key.is_empty());
            let value = &given.cloned().unwrap_or_else(crate::random::key);
            #check
            request.idempotency_key(#name, value);
        };
    }
    let given = if parameter.required { quote!(required) } else { quote!(optional) };
    let write = match parameter.place.as_str() {
        "header" => quote!(request.header(#name, value);),
        // The service reads a list as repetitions of its name.
        _ if model.is_list(&parameter.schema) => quote!(for value in value { request.query(#name, value); }),
        _ => quote!(request.query(#name, value);),
    };
    quote! {
        if let Some(value) = request.#given(#name, &self.#field) {
            #check
            #write
        }
    }
}

fn senders(model: &Model, operation: &Operation) -> [ImplItem; 2] {
    let decoded = decoded_type(model, operation);
    let data = data_type(model, operation).map_or_else(|| quote!(()), |data| quote!(types::#data));
    let (future, call) = match results::in_success(operation) {
        Some(_) => (quote!(BatchFuture), quote!(call_batch)),
        None => (quote!(ResponseFuture), quote!(call)),
    };
    let payload = match data_type(model, operation) {
        Some(_) if results::in_success(operation).is_some() => "Code 0 says only that the service processed the batch. \
             Read the result of each item from the [`BatchResponse`](crate::BatchResponse), or turn it into an error by \
             [`into_result`](crate::BatchResponse::into_result) if an item failed."
            .to_owned(),
        Some(data) => {
            let field = model.properties(&data.to_string()).next().map(|(name, _)| field_ident(name).to_string());
            format!(
                "The [`Response`](crate::Response) dereferences to the payload. To move a field out, take the payload \
                 first: `.send().await?.into_inner().{}`.",
                field.unwrap_or_default()
            )
        }
        None => "The payload is empty: `Ok` says that the service returned code 0.".to_owned(),
    };
    let partly = match operation.results.as_ref().and_then(|results| results.partial_code) {
        Some(code) => format!(
            " Code {code} is of kind [`PartialFailure`](crate::ErrorKind::PartialFailure): \
             [`Error::failed`](crate::Error::failed) lists the items that failed, as far as the service names them."
        ),
        None => String::new(),
    };
    let send = format!(
        "Sends the call (`{} {}`) and returns its payload.\n\n{payload}\n\n# Errors\n\n\
         Fails if the service returns a code other than 0 (listed at [`Client::{2}`](crate::Client::{2})), if no valid \
         response arrives, or if the request breaks a documented rule. [`Error::kind`](crate::Error::kind) tells these \
         apart.{partly}",
        operation.method, operation.path, operation.id
    );
    [
        parse_quote! {
            #[doc = #send]
            pub fn send(self) -> crate::#future<#data> {
                self.client.#call::<#decoded>(self.into_request())
            }
        },
        parse_quote! {
            /// Sends the call and returns the whole envelope as JSON. Check its `code`: a failure is `Ok` here.
            ///
            /// # Errors
            ///
            /// Fails if no response arrives, if it is no envelope, or if the request breaks a documented rule.
            pub fn send_raw(self) -> crate::ResponseFuture<::serde_json::Value> {
                self.client.call_raw(self.into_request())
            }
        },
    ]
}

fn pagers(model: &Model, operation: &Operation) -> Vec<ImplItem> {
    let Some(page) = &operation.page else { return Vec::new() };
    let decoded = decoded_type(model, operation);
    let item = format_ident!("{}", page.item);
    let size = field_ident(&page.request_size);
    let token = &page.request_token;
    let token_field = field_ident(token);
    let parameter = operation.parameters.iter().find(|parameter| parameter.name == page.request_size);
    let largest = parameter.and_then(|parameter| model.limits(&parameter.schema).maximum);
    let enlarge = largest.map(|largest| {
        let argument = quote!(crate::call::argument::Argument);
        quote!(if matches!(self.#size, #argument::Unset) { self.#size = #argument::Value(#largest); })
    });
    let sized = largest
        .map(|largest| {
            format!("\n\nThe page size is {largest}, the maximum, unless `{}` sets another.", page.request_size)
        })
        .unwrap_or_default();
    let from = format!("starting at `{token}` if that is set");
    let pages = format!("Returns the pages of the listing, {from}; each page holds the token of the next one.{sized}");
    let stream = format!("Returns the items of all pages, {from}; a page is fetched when its items are needed.{sized}");
    vec![
        parse_quote! {
            #[doc = #pages]
            pub fn pages(mut self) -> crate::Pages<types::#item> {
                #enlarge
                let (token, context) = (self.#token_field.take(), self.client.context());
                crate::call::paging::pages::<#decoded>(context, self.into_request(), #token, token)
            }
        },
        parse_quote! {
            #[doc = #stream]
            pub fn stream(self) -> crate::Items<types::#item> {
                self.pages().into_items()
            }
        },
    ]
}
