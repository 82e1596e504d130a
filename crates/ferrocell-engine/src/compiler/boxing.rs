//! Changes values whose types have no name, so that later cells can name them: closures, futures and functions, and what
//! is built of them.
//!
//! The MIR tells the type of such a value. Where a closure stands in it, the value gets a box; tuples, arrays, collections
//! and structs around it are taken apart and built again.

use std::collections::BTreeMap;

use syn::spanned::Spanned;
use syn::{GenericArgument, Path, PathArguments, Type};

use crate::cell::{Signature, shape};

/// How the value of a variable is changed before it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Boxing {
    /// The type of the value, as the MIR tells it; of a guess, only that it is a closure.
    ty: String,
    /// The signatures of closures by their types.
    signatures: BTreeMap<String, Signature>,
    /// The structs of the notebook.
    structs: BTreeMap<String, Fields>,
    /// Whether it was made before anything was compiled.
    pub(crate) is_guess: bool,
    /// How many of [`AUTO_TRAITS`] were tried in vain.
    threads: usize,
    /// Whether the references that closures take are good for ever only.
    is_static: bool,
}

/// The fields of a struct, names or numbers, with which of the struct's type parameters each of them is.
pub(crate) type Fields = Vec<(String, Option<usize>)>;

/// The auto traits to try for a box, strictest first.
const AUTO_TRAITS: [&str; 3] = [" + Send + Sync", " + Send", ""];

/// The type of a closure of which nothing was compiled yet.
const CLOSURE: &str = "{closure}";

impl Boxing {
    /// What a closure will need, by its text.
    pub(crate) fn guess(signature: &Signature) -> Self {
        Self {
            ty: CLOSURE.to_owned(),
            signatures: [(CLOSURE.to_owned(), signature.clone())].into(),
            structs: BTreeMap::new(),
            is_guess: true,
            threads: 0,
            is_static: false,
        }
    }

    /// What a value of this type needs; `None` if nothing helps.
    pub(crate) fn of(
        ty: &str,
        signatures: &BTreeMap<String, Signature>,
        structs: BTreeMap<String, Fields>,
    ) -> Option<Self> {
        let boxing = Self {
            ty: ty.to_owned(),
            signatures: signatures.clone(),
            structs,
            is_guess: false,
            threads: 0,
            is_static: false,
        };
        boxing.code("value").map(|_| boxing)
    }

    /// Asks less of boxed values; `false` if there is nothing to give up.
    pub(crate) fn relax(&mut self, message: &str) -> bool {
        if message.contains("between threads safely") {
            let before = self.code("value");
            while self.threads + 1 < AUTO_TRAITS.len() {
                self.threads += 1;
                if self.code("value") != before {
                    return true;
                }
            }
            return false;
        }
        if self.is_guess {
            // "expected a closure that implements the `Fn` trait, but this closure only implements `FnOnce`"
            let only = message.split("only implements `").nth(1);
            let kind = ["FnMut", "FnOnce"]
                .into_iter()
                .find(|kind| only.is_some_and(|only| only.starts_with(&format!("{kind}`"))));
            let closure = self.signatures.get_mut(CLOSURE);
            return match closure.zip(kind) {
                Some((closure, kind)) if closure.kind != kind => {
                    closure.kind = kind;
                    true
                }
                _ => false,
            };
        }
        !std::mem::replace(&mut self.is_static, true)
    }

    /// The changed value, as an expression.
    pub(crate) fn code(&self, value: &str) -> Option<String> {
        let (text, unnamed) = hide_unnamed(&self.ty);
        let ty: Type = syn::parse_str(&text).ok()?;
        let mut writer = Writer {
            boxing: self,
            has_functions: unnamed.len() > text.matches(UNNAMED).count(),
            text: &text,
            unnamed: &unnamed,
            names: 0,
        };
        let code = writer.convert(&ty, value);
        proc_macro2::extra::invalidate_current_thread_spans();
        code
    }
}

/// A type with identifiers in the place of what has no name, and that. The type of a function is that of a pointer to it,
/// but for its end, which is left out.
fn hide_unnamed(ty: &str) -> (String, Vec<String>) {
    let (mut text, mut unnamed, mut rest) = (String::new(), Vec::new(), ty);
    while let Some(start) = rest.find('{') {
        let length = closing(&rest[start..]).unwrap_or(rest.len() - start);
        let part = &rest[start..start + length];
        text += &rest[..start];
        if !text.ends_with(' ') || part.starts_with("{closure") || part.starts_with("{async") {
            text += &format!("{UNNAMED}{}", unnamed.len());
        }
        unnamed.push(part.to_owned());
        rest = &rest[start + length..];
    }
    (text + rest, unnamed)
}

const UNNAMED: &str = "__Unnamed";

/// How long the part is that ends with the brace which closes the first one.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, character) in text.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 1 => return Some(at + 1),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

struct Writer<'a> {
    boxing: &'a Boxing,
    /// The type, without what has no name.
    text: &'a str,
    unnamed: &'a [String],
    /// Whether functions are among that.
    has_functions: bool,
    /// How many variables it has invented.
    names: usize,
}

impl Writer<'_> {
    fn fresh(&mut self) -> String {
        self.names += 1;
        format!("__ferrocell_{}", self.names)
    }

    fn code(&self, ty: &Type) -> &str {
        &self.text[ty.span().byte_range()]
    }

    fn is_unnamed(&self, ty: &Type) -> bool {
        let code = self.code(ty);
        code.contains(UNNAMED) || (self.has_functions && code.contains("fn("))
    }

    /// An expression for `value`, which is of this type, with boxes where they are needed.
    fn convert(&mut self, ty: &Type, value: &str) -> Option<String> {
        if !self.is_unnamed(ty) {
            return Some(value.to_owned());
        }
        let item = self.fresh();
        match ty {
            Type::FnPtr(_) => Some(format!("({value} as {})", self.code(ty).trim())),
            Type::Tuple(tuple) => {
                let names: Vec<_> = tuple.elems.iter().map(|_| self.fresh()).collect();
                let mut elements = String::new();
                for (ty, name) in tuple.elems.iter().zip(&names) {
                    elements += &(self.convert(ty, name)? + ", ");
                }
                Some(format!(
                    "match {value} {{ ({},) => ({elements}) }}",
                    names.join(", ")
                ))
            }
            Type::Array(array) => {
                let element = self.convert(&array.elem, &item)?;
                Some(format!("({value}).map(|{item}| {element})"))
            }
            Type::Reference(reference) => {
                let ty = self.unsized_type(&reference.elem)?;
                let mutability = if reference.mutability.is_some() {
                    "mut "
                } else {
                    ""
                };
                Some(format!("({value} as &'static {mutability}({ty}))"))
            }
            Type::Path(path) => self.convert_path(&path.path, value, &item),
            _ => None,
        }
    }

    fn convert_path(&mut self, path: &Path, value: &str, item: &str) -> Option<String> {
        if let Some(closure) = self.closure(path) {
            return self.convert_closure(&closure?, value);
        }
        if let Some(future) = self.future(path) {
            return Some(format!(
                "(::std::boxed::Box::pin({value}) as ::std::pin::Pin<::std::boxed::Box<{future}>>)"
            ));
        }
        let name = full_name(path);
        let arguments = arguments(path);
        let first = arguments.first().copied();
        let mut each = |ty: Option<&Type>| self.convert(ty?, item);
        match name.as_str() {
            "std::option::Option" => Some(format!("({value}).map(|{item}| {})", each(first)?)),
            "std::result::Result" => {
                let (ok, err) = (each(first)?, each(arguments.get(1).copied())?);
                Some(format!(
                    "match {value} {{ ::std::result::Result::Ok({item}) => ::std::result::Result::Ok({ok}), \
                     ::std::result::Result::Err({item}) => ::std::result::Result::Err({err}) }}"
                ))
            }
            "std::vec::Vec" | "std::collections::VecDeque" | "std::collections::LinkedList" => {
                Some(format!(
                    "({value}).into_iter().map(|{item}| {}).collect::<::{name}<_>>()",
                    each(first)?
                ))
            }
            "std::collections::HashMap" | "std::collections::BTreeMap" => {
                let element = each(arguments.get(1).copied())?;
                Some(format!(
                    "({value}).into_iter().map(|(key, {item})| (key, {element})).collect::<::{name}<_, _>>()"
                ))
            }
            "std::sync::Mutex" | "std::sync::RwLock" => Some(format!(
                "match ({value}).into_inner().unwrap_or_else(|error| error.into_inner()) {{ {item} => ::{name}::new({}) }}",
                each(first)?
            )),
            "std::cell::Cell" | "std::cell::RefCell" => Some(format!(
                "match ({value}).into_inner() {{ {item} => ::{name}::new({}) }}",
                each(first)?
            )),
            "std::boxed::Box" | "std::rc::Rc" | "std::sync::Arc" => {
                match self.unsized_type(first?) {
                    Some(ty) => Some(format!("({value} as ::{name}<{ty}>)")),
                    None if name == "std::boxed::Box" => {
                        let inner = self.convert(first?, item)?;
                        Some(format!(
                            "match *{value} {{ {item} => ::std::boxed::Box::new({inner}) }}"
                        ))
                    }
                    None => None,
                }
            }
            name if name.starts_with("std::iter::") => Some(format!(
                "(::std::boxed::Box::new({value}) as ::std::boxed::Box<dyn (::std::iter::Iterator<Item = _>){}>)",
                self.auto_traits(1)
            )),
            _ => self.convert_struct(&name, &arguments, value),
        }
    }

    /// A struct of the notebook, built again with other fields.
    fn convert_struct(&mut self, name: &str, arguments: &[&Type], value: &str) -> Option<String> {
        let fields = self.boxing.structs.get(name)?;
        let (mut taken, mut built) = (String::new(), String::new());
        for (field, parameter) in fields {
            let item = self.fresh();
            taken += &format!("{field}: {item}, ");
            let code = match parameter.and_then(|index| arguments.get(index)) {
                Some(argument) => self.convert(argument, &item)?,
                None => item,
            };
            built += &format!("{field}: {code}, ");
        }
        Some(format!(
            "match {value} {{ {name} {{ {taken}}} => {name} {{ {built}}} }}"
        ))
    }

    fn convert_closure(&mut self, signature: &Signature, value: &str) -> Option<String> {
        let boxed = format!("::std::boxed::Box<{}>", self.function_trait(signature)?);
        if !signature.output.contains('{') {
            return Some(format!("(::std::boxed::Box::new({value}) as {boxed})"));
        }
        // What it returns has no name either.
        let names: Vec<_> = signature.parameters.iter().map(|_| self.fresh()).collect();
        let (names, function) = (names.join(", "), self.fresh());
        let (text, unnamed) = hide_unnamed(&signature.output);
        let output: Type = syn::parse_str(&text).ok()?;
        let mut inner = Writer {
            boxing: self.boxing,
            has_functions: false,
            text: &text,
            unnamed: &unnamed,
            names: self.names,
        };
        let result = inner.convert(&output, &format!("{function}({names})"))?;
        self.names = inner.names;
        Some(format!(
            "match {value} {{ mut {function} => ::std::boxed::Box::new(move |{names}| {result}) as {boxed} }}"
        ))
    }

    /// If a path stands for a closure, its signature, as far as that is known.
    fn closure(&self, path: &Path) -> Option<Option<Signature>> {
        let unnamed = self.unnamed(path)?;
        let is_closure = unnamed.starts_with("{closure") || unnamed.starts_with("{async closure@");
        is_closure.then(|| self.boxing.signatures.get(unnamed).cloned())
    }

    fn future(&self, path: &Path) -> Option<String> {
        self.unnamed(path)?.starts_with("{async").then(|| {
            format!(
                "dyn (::std::future::Future<Output = _>){}",
                self.auto_traits(1)
            )
        })
    }

    fn unnamed(&self, path: &Path) -> Option<&str> {
        let name = path.get_ident()?.to_string();
        let index: usize = name.strip_prefix(UNNAMED)?.parse().ok()?;
        self.unnamed.get(index).map(String::as_str)
    }

    fn function_trait(&self, signature: &Signature) -> Option<String> {
        let is_static = |ty: &str| {
            if self.boxing.is_static {
                ty.replace('&', "&'static ")
            } else {
                ty.to_owned()
            }
        };
        let parameters: Vec<_> = signature
            .parameters
            .iter()
            .map(|ty| is_static(ty))
            .collect();
        let output = if signature.output.contains('{') {
            "_".to_owned()
        } else if self.boxing.is_guess {
            signature.output.clone()
        } else {
            is_static(&shape(&syn::parse_str(&signature.output).ok()?))
        };
        Some(format!(
            "dyn {}({}) -> {output}{}",
            signature.kind,
            parameters.join(", "),
            self.auto_traits(0)
        ))
    }

    /// The type without a size that a pointer to this one can point to instead.
    fn unsized_type(&self, ty: &Type) -> Option<String> {
        let Type::Path(path) = ty else { return None };
        if let Some(closure) = self.closure(&path.path) {
            let signature = closure?;
            let is_named = !signature.output.contains('{');
            return is_named.then(|| self.function_trait(&signature))?;
        }
        let name = full_name(&path.path);
        let is_cell = [
            "std::sync::Mutex",
            "std::sync::RwLock",
            "std::cell::RefCell",
        ]
        .contains(&&*name);
        let inner = is_cell.then(|| arguments(&path.path).first().copied())??;
        Some(format!("::{name}<{}>", self.unsized_type(inner)?))
    }

    fn auto_traits(&self, weakest: usize) -> &'static str {
        AUTO_TRAITS[(self.boxing.threads.max(weakest)).min(AUTO_TRAITS.len() - 1)]
    }
}

/// A path without its arguments.
fn full_name(path: &Path) -> String {
    let names: Vec<_> = path
        .segments
        .iter()
        .map(|segment| segment.ident.to_string())
        .collect();
    names.join("::")
}

/// The types among the arguments of a path.
fn arguments(path: &Path) -> Vec<&Type> {
    let Some(PathArguments::AngleBracketed(arguments)) =
        path.segments.last().map(|last| &last.arguments)
    else {
        return Vec::new();
    };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.collect()
}

/// A struct with type parameters: its name, and its fields.
pub(crate) fn fields(code: &str) -> Option<(String, Fields)> {
    let definition: syn::ItemStruct = syn::parse_str(code).ok()?;
    let parameters: Vec<_> = definition
        .generics
        .type_params()
        .map(|parameter| &parameter.ident)
        .collect();
    let fields = definition.fields.iter().enumerate().map(|(index, field)| {
        let name = field
            .ident
            .as_ref()
            .map_or(index.to_string(), ToString::to_string);
        let parameter = match &field.ty {
            Type::Path(path) => path
                .path
                .get_ident()
                .and_then(|ident| parameters.iter().position(|parameter| *parameter == ident)),
            _ => None,
        };
        (name, parameter)
    });
    (!parameters.is_empty()).then(|| (definition.ident.to_string(), fields.collect()))
}
