//! The methods of the standard library's most used types.

use crate::Completion;

/// Types by their heads, with what is often called on their values.
const METHODS: &[(&str, &str)] = &[
    (
        "Vec",
        "push pop insert remove clear len is_empty extend truncate retain drain append reserve capacity dedup \
             swap_remove split_off resize into_iter as_slice",
    ),
    (
        "slice",
        "iter iter_mut len is_empty first last get get_mut contains sort sort_by sort_by_key sort_unstable \
               reverse join concat windows chunks split_at swap to_vec binary_search starts_with ends_with",
    ),
    (
        "String",
        "push push_str pop clear insert insert_str truncate capacity into_bytes as_str",
    ),
    (
        "str",
        "len is_empty chars bytes lines split split_whitespace split_once trim trim_start trim_end parse \
             to_string to_owned to_uppercase to_lowercase contains starts_with ends_with find rfind replace repeat \
             strip_prefix strip_suffix char_indices as_bytes",
    ),
    (
        "HashMap",
        "insert get get_mut remove contains_key entry keys values values_mut iter iter_mut len is_empty clear \
                 extend retain drain into_keys into_values",
    ),
    (
        "BTreeMap",
        "insert get get_mut remove contains_key entry keys values iter iter_mut len is_empty clear range \
                  first_key_value last_key_value pop_first pop_last",
    ),
    (
        "HashSet",
        "insert contains remove len is_empty iter union intersection difference is_subset is_superset extend",
    ),
    (
        "BTreeSet",
        "insert contains remove len is_empty iter union intersection difference first last pop_first pop_last",
    ),
    (
        "VecDeque",
        "push_back push_front pop_back pop_front front back len is_empty iter get clear extend rotate_left",
    ),
    ("BinaryHeap", "push pop peek len is_empty into_sorted_vec"),
    (
        "Option",
        "is_some is_none unwrap expect unwrap_or unwrap_or_else unwrap_or_default map and_then or or_else filter \
                take replace as_ref as_mut ok_or cloned copied insert get_or_insert_with",
    ),
    (
        "Result",
        "is_ok is_err unwrap expect unwrap_err unwrap_or unwrap_or_else unwrap_or_default map map_err and_then \
                ok err as_ref",
    ),
    ("Mutex", "lock try_lock get_mut into_inner is_poisoned"),
    ("RwLock", "read write try_read try_write into_inner"),
    (
        "RefCell",
        "borrow borrow_mut try_borrow try_borrow_mut replace into_inner",
    ),
    ("Cell", "get set replace take"),
    ("JoinHandle", "join is_finished thread"),
    ("Sender", "send clone"),
    ("SyncSender", "send try_send clone"),
    ("Receiver", "recv try_recv recv_timeout iter try_iter"),
    ("Instant", "elapsed duration_since checked_add"),
    (
        "Duration",
        "as_secs as_millis as_micros as_nanos as_secs_f64 subsec_nanos",
    ),
    (
        "Iterator",
        "next map filter enumerate zip take skip chain rev collect sum count min max fold for_each any all find",
    ),
    (
        "int",
        "abs pow min max to_string checked_add checked_sub checked_mul wrapping_add saturating_add rem_euclid \
             count_ones leading_zeros clamp",
    ),
    (
        "float",
        "abs sqrt powi powf sin cos tan exp ln log10 floor ceil round trunc min max to_string is_nan clamp",
    ),
    (
        "char",
        "is_alphabetic is_numeric is_alphanumeric is_whitespace to_ascii_uppercase to_ascii_lowercase to_digit",
    ),
    (
        "atomic",
        "load store swap fetch_add fetch_sub compare_exchange fetch_max fetch_min",
    ),
];

/// What is often called on values of a type.
pub(super) fn of(ty: &str) -> Vec<Completion> {
    let heads = heads(ty);
    let methods = METHODS.iter().filter(|(head, _)| heads.contains(head));
    methods
        .flat_map(|(_, methods)| methods.split_whitespace())
        .map(|method| Completion::new(method, "method", ""))
        .collect()
}

/// The rows of the table that apply to a type.
fn heads(ty: &str) -> Vec<&str> {
    const INTEGERS: [&str; 12] = [
        "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize",
    ];
    const ITERATORS: [&str; 35] = [
        "Args",
        "Bytes",
        "Chain",
        "CharIndices",
        "Chars",
        "Chunks",
        "Cloned",
        "Copied",
        "Drain",
        "Enumerate",
        "Filter",
        "FilterMap",
        "FlatMap",
        "Flatten",
        "IntoIter",
        "Iter",
        "IterMut",
        "Keys",
        "Lines",
        "Map",
        "Peekable",
        "Range",
        "ReadDir",
        "RangeInclusive",
        "Rev",
        "Skip",
        "Split",
        "SplitWhitespace",
        "StepBy",
        "Take",
        "TakeWhile",
        "Values",
        "Vars",
        "Windows",
        "Zip",
    ];
    let head = ty
        .split('<')
        .next()
        .unwrap_or_default()
        .rsplit("::")
        .next()
        .unwrap_or_default();
    match head {
        "Vec" => vec!["Vec", "slice"],
        "String" => vec!["String", "str"],
        "f32" | "f64" => vec!["float"],
        _ if INTEGERS.contains(&head) => vec!["int"],
        _ if head.starts_with("Atomic") => vec!["atomic"],
        _ if ty.starts_with('[') => vec!["slice"],
        _ if ITERATORS.contains(&head) || ty.contains("impl Iterator<") => vec!["Iterator"],
        _ if ty.starts_with("std::iter::") || ty.contains("dyn std::iter::Iterator") => {
            vec!["Iterator"]
        }
        _ => vec![head],
    }
}

/// A type, and the types behind it that a method call looks through to.
pub(super) fn dereferenced(ty: &str) -> Vec<&str> {
    let mut types = vec![ty];
    let mut current = ty;
    loop {
        let inner = current.strip_prefix('&').map(|inner| {
            let named = inner
                .strip_prefix('\'')
                .and_then(|named| named.split_once(' '));
            let inner = named.map_or(inner, |(_, inner)| inner);
            inner.strip_prefix("mut ").unwrap_or(inner)
        });
        let inner = inner.or_else(|| pointee(current));
        match inner {
            Some(inner) => {
                types.push(inner);
                current = inner;
            }
            None => return types,
        }
    }
}

/// What a pointer or guard of std's holds.
fn pointee(ty: &str) -> Option<&str> {
    const POINTERS: [&str; 9] = [
        "Box",
        "Rc",
        "Arc",
        "MutexGuard",
        "RwLockReadGuard",
        "RwLockWriteGuard",
        "Ref",
        "RefMut",
        "LazyLock",
    ];
    let (path, arguments) = ty.strip_suffix('>')?.split_once('<')?;
    let name = path.rsplit("::").next().unwrap_or_default();
    let arguments = match arguments.strip_prefix('\'') {
        Some(lifetime) => lifetime.split_once(", ")?.1,
        None => arguments,
    };
    POINTERS.contains(&name).then_some(arguments)
}
