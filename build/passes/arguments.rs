//! Passes over the fields and setters of all builders.
//!
//! The generators keep a value as `Result<T, String>`, with a message for each that is not set yet, and convert it in
//! every setter again. Here a field is a `crate::call::argument::Argument`, which does that once for all, and a setter is
//! one call.

use crate::codegen::passes::types::{argument, argument_of, last_segment};
use syn::punctuated::Punctuated;
use syn::{Block, Expr, FnArg, GenericParam, Generics, ImplItemFn, Member, PathArguments, Stmt, Type, parse_quote};

/// Fields and setters as they will be, except for names and types. A platform has tens of thousands, and parsing each one
/// took several times as long as copying it.
pub struct Templates {
    field: Type,
    text_list: Setter,
    list: Setter,
    value: Setter,
}

struct Setter {
    generics: Generics,
    inputs: Punctuated<FnArg, syn::Token![,]>,
    block: Block,
}

impl Templates {
    pub fn new() -> Self {
        let convertible: Generics = parse_quote!(<V: TryInto<(), Error: ::std::fmt::Display>>);
        let many: Punctuated<FnArg, _> = parse_quote!(mut self, values: impl IntoIterator<Item = V>);
        Self {
            field: parse_quote!(crate::call::argument::Argument<()>),
            text_list: Setter {
                generics: parse_quote!(<V: Into<()>>),
                inputs: many.clone(),
                block: parse_quote!({
                    self.field = crate::call::argument::Argument::list(values);
                    self
                }),
            },
            list: Setter {
                generics: convertible.clone(),
                inputs: many,
                block: parse_quote!({
                    self.field = crate::call::argument::Argument::convert_list(values);
                    self
                }),
            },
            value: Setter {
                generics: convertible,
                inputs: parse_quote!(mut self, value: V),
                block: parse_quote!({
                    self.field = crate::call::argument::Argument::convert(value);
                    self
                }),
            },
        }
    }

    /// Makes a field an `Argument`. Returns whether it was a value of the generators.
    pub fn field(&self, field: &mut syn::Field) -> bool {
        let Some(value) = value_of(&field.ty) else { return false };
        field.ty = self.field.clone();
        if let Type::Path(ty) = &mut field.ty
            && let Some(argument) = first_argument(&mut ty.path)
        {
            *argument = value;
        }
        true
    }

    /// Makes a setter of a value one call. Lists take any iterator over what converts into their items. Returns whether
    /// the method is such a setter.
    pub fn setter(&self, method: &mut ImplItemFn) -> bool {
        let Some(target) = setter_target(method) else { return false };
        let target = argument(&target, "Option").unwrap_or(&target);
        let (template, target) = match argument(target, "Vec") {
            Some(item) if last_segment(item).is_some_and(|item| item == "String") => (&self.text_list, item),
            Some(item) => (&self.list, item),
            None => (&self.value, target),
        };
        template.write(method, target);
        true
    }
}

impl Setter {
    fn write(&self, method: &mut ImplItemFn, target: &Type) {
        method.sig.generics = self.generics.clone();
        method.sig.inputs = self.inputs.clone();
        method.block = self.block.clone();
        if let Some(GenericParam::Type(parameter)) = method.sig.generics.params.first_mut()
            && let Some(syn::TypeParamBound::Trait(bound)) = parameter.bounds.first_mut()
            && let Some(argument) = first_argument(&mut bound.path)
        {
            *argument = target.clone();
        }
        if let Some(Stmt::Expr(Expr::Assign(assignment), _)) = method.block.stmts.first_mut()
            && let Expr::Field(field) = &mut *assignment.left
        {
            field.member = Member::Named(method.sig.ident.clone());
        }
    }
}

/// `T` of `X<T, ..>`.
fn first_argument(path: &mut syn::Path) -> Option<&mut Type> {
    let PathArguments::AngleBracketed(arguments) = &mut path.segments.last_mut()?.arguments else { return None };
    match arguments.args.first_mut()? {
        syn::GenericArgument::Type(ty) => Some(ty),
        _ => None,
    }
}

/// `T` of `Result<T, String>` and of `Result<Option<T>, String>`.
fn value_of(ty: &Type) -> Option<Type> {
    let given = argument(ty, "Result")?;
    Some(argument(given, "Option").unwrap_or(given).clone())
}

/// `X` of a setter's `where T: TryInto<X>`.
fn setter_target(setter: &ImplItemFn) -> Option<Type> {
    if !matches!(setter.sig.inputs.iter().nth(1), Some(FnArg::Typed(_))) {
        return None;
    }
    let clause = setter.sig.generics.where_clause.as_ref()?;
    clause.predicates.iter().find_map(|predicate| {
        let syn::WherePredicate::Type(predicate) = predicate else { return None };
        predicate.bounds.iter().find_map(|bound| {
            let syn::TypeParamBound::Trait(bound) = bound else { return None };
            argument_of(&bound.path, "TryInto").cloned()
        })
    })
}
