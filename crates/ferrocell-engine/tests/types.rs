//! Types from cell to cell: the same until their definition changes, whatever else does.

mod conversation;

use conversation::{Conversation, check, shown};
use ferrocell_engine::Outcome;

/// Executes a cell that must succeed; all that a front end shows of it.
fn all_of(notebook: &mut Conversation, source: &str) -> String {
    let outcome = notebook.execute(source);
    assert!(
        matches!(outcome, Outcome::Ok { .. }),
        "{source}\n{}",
        shown(&outcome)
    );
    shown(&outcome)
}

/// Executes a cell; what it prints.
fn printed(notebook: &mut Conversation, source: &str) -> String {
    notebook.ok(source);
    notebook.printed()
}

#[test]
fn what_is_any_is_known_in_later_cells() {
    check(&[
        (
            "use std::any::{Any, TypeId}; use std::collections::HashMap;\n#[derive(Debug)] struct Plain(i32);\n#[derive(Debug)] enum Choice { A, B { n: i32 } }\n\
             struct Wrapper<T>(T);\nmod deep { pub mod er { #[derive(Debug)] pub struct Inner { v: i32 } impl Inner { pub fn new() -> Self { Self { v: 4 } } } } }\n\
             macro_rules! make { ($name:ident) => { #[derive(Debug)] struct $name { v: i32 } } }\nmake!(Made);\ntrait Speak { fn speak(&self) -> i32 { 6 } }\nimpl Speak for Plain {}",
            "",
        ),
        (
            "let all: Vec<Box<dyn Any>> = vec![Box::new(Plain(1)), Box::new(Choice::B { n: 2 }), Box::new(Wrapper(Plain(3))),\n\
             Box::new(deep::er::Inner::new()), Box::new(Made { v: 5 }), Box::new(Box::new(Plain(6)) as Box<dyn Speak>)];\n\
             let mut by_type: HashMap<TypeId, &'static str> = HashMap::new(); by_type.insert(TypeId::of::<Plain>(), \"plain\");",
            "",
        ),
        ("struct Unrelated; impl Unrelated { fn f(&self) {} }", ""),
        (
            "(all[0].downcast_ref::<Plain>(), all[1].downcast_ref::<Choice>(), all[2].downcast_ref::<Wrapper<Plain>>().map(|w| w.0.0), by_type[&TypeId::of::<Plain>()])",
            "(Some(Plain(1)), Some(B { n: 2 }), Some(3), \"plain\")",
        ),
        (
            "(all[3].downcast_ref::<deep::er::Inner>(), all[4].downcast_ref::<Made>(), all[5].downcast_ref::<Box<dyn Speak>>().map(|s| s.speak()))",
            "(Some(Inner { v: 4 }), Some(Made { v: 5 }), Some(6))",
        ),
        (
            "let worker = std::thread::spawn(|| { if std::hint::black_box(true) { std::panic::panic_any(Plain(7)); } });",
            "",
        ),
        (
            "worker.join().unwrap_err().downcast_ref::<Plain>()",
            "Some(Plain(7))",
        ),
        (
            "fn nested() -> (Box<dyn Any>, fn(&dyn Any) -> bool) { struct Inside; (Box::new(Inside), |any| any.is::<Inside>()) }",
            "",
        ),
        ("let (inside, asks) = nested();", ""),
        ("asks(&*inside)", "true"),
        ("asks(&*nested().0)", "true"),
    ]);
}

#[test]
fn a_changed_definition_is_another_type() {
    let define = "use std::any::Any;\n#[derive(Debug)] struct P { x: u64 }\n#[derive(Debug)] struct Holder { p: P }\n\
                  mod shapes { #[derive(Debug)] pub struct Dot(pub u64); }\n#[derive(Debug)] struct Other(u64);\n\
                  trait Speak { fn speak(&self) -> u64; }\nimpl Speak for Other { fn speak(&self) -> u64 { self.0 } }";
    let keep = "let old: Vec<Box<dyn Any>> = vec![Box::new(P { x: 1 }), Box::new(Holder { p: P { x: 2 } }), Box::new(shapes::Dot(3)), \
                Box::new(Other(4)), Box::new(Box::new(Other(5)) as Box<dyn Speak>)];";
    let ask = "(old[0].is::<P>(), old[1].is::<Holder>(), old[2].is::<shapes::Dot>(), old[3].is::<Other>(), old[4].is::<Box<dyn Speak>>())";
    check(&[
        (define, ""),
        (keep, ""),
        (ask, "(true, true, true, true, true)"),
        ("#[derive(Debug)] struct P { x: String }", ""),
        (ask, "(false, false, true, true, true)"),
        (
            "let h = Holder { p: P { x: \"new\".to_owned() } }; let new: Box<dyn Any> = Box::new(h);",
            "",
        ),
        (
            "new.downcast_ref::<Holder>()",
            "Some(Holder { p: P { x: \"new\" } })",
        ),
        (
            "mod shapes { #[derive(Debug)] pub struct Dot(pub String); }",
            "",
        ),
        (ask, "(false, false, false, true, true)"),
        (
            "trait Speak { fn first(&self) {} fn speak(&self) -> u64; }",
            "",
        ),
        (ask, "(false, false, false, true, false)"),
        // What was is another type again, although it would fit.
        ("#[derive(Debug)] struct P { x: u64 }", ""),
        (
            "(old[0].is::<P>(), old[3].is::<Other>(), new.is::<Holder>())",
            "(false, true, false)",
        ),
        (
            "let again = P { x: 9 }; std::any::type_name_of_val(&again).rsplit(\"::\").next()",
            "Some(\"P\")",
        ),
        ("again", "P { x: 9 }"),
    ]);
}

#[test]
fn definitions_depend_on_more_than_their_own_text() {
    check(&[
        (
            "use std::any::Any; const N: usize = 2; const fn size() -> usize { half() * 2 } const fn half() -> usize { 1 }\n\
             struct ByConst([u8; N]); struct ByFn([u8; size()]); type Alias = u8; struct ByAlias(Alias);\n\
             macro_rules! field { () => { u8 } } struct ByMacro(field!());\n\
             trait Tr { type Out; } struct Imp; impl Tr for Imp { type Out = u8; } struct ByImpl(<Imp as Tr>::Out); struct Same(u8);",
            "",
        ),
        (
            "let old: Vec<Box<dyn Any>> = vec![Box::new(ByConst([0; 2])), Box::new(ByFn([0; 2])), Box::new(ByAlias(1)), Box::new(ByMacro(1)), Box::new(ByImpl(1)), Box::new(Same(1))];",
            "",
        ),
        (
            "const N: usize = 9; const fn half() -> usize { 4 } type Alias = String;\nmacro_rules! field { () => { String } }\nimpl Tr for Imp { type Out = String; }",
            "",
        ),
        (
            "(old[0].is::<ByConst>(), old[1].is::<ByFn>(), old[2].is::<ByAlias>(), old[3].is::<ByMacro>(), old[4].is::<ByImpl>(), old[5].is::<Same>())",
            "(false, false, false, false, false, true)",
        ),
        (
            "(ByAlias(String::new()), ByMacro(String::new()), ByImpl(String::new())); (std::mem::size_of::<ByConst>(), std::mem::size_of::<ByFn>())",
            "(9, 8)",
        ),
    ]);
}

#[test]
fn a_repeated_definition_keeps_its_variables() {
    let mut notebook = Conversation::new();
    notebook.ok("#[derive(Debug)]\nstruct Cat { name: String }\nimpl Cat { fn hi(&self) -> String { format!(\"hi {}\", self.name) } }\nenum Mood { Good, Bad }\ntrait Speak { fn speak(&self) -> String; }");
    notebook.ok("let tom = Cat { name: \"Tom\".into() }; let all = vec![Some(Cat { name: \"Mia\".into() })]; let mood = Mood::Good; let any: Box<dyn std::any::Any> = Box::new(Cat { name: \"Kit\".into() });");
    let shown = all_of(
        &mut notebook,
        "/// A cat.\n#[derive(Debug, Clone)]\npub struct Cat { name: String, /* hers */ }   // the same\n\nimpl Cat { fn hi(&self) -> String { format!(\"hello {}\", self.name) } }\nenum Mood { Good,\n Bad,\n}\ntrait Speak { fn speak(&self) -> String; }",
    );
    assert!(!shown.contains("dropped"), "{shown}");
    assert_eq!(
        notebook.ok("(tom.clone().hi(), all[0].as_ref().map(Cat::hi), matches!(mood, Mood::Good), any.downcast_ref::<Cat>().map(Cat::hi))"),
        "(\"hello Tom\", Some(\"hello Mia\"), true, Some(\"hello Kit\"))"
    );
}

#[test]
fn implementations_change_and_drop_no_variable() {
    check(&[
        (
            "trait Speak { fn speak(&self) -> String; }\nstruct Cat(i32);\nimpl Speak for Cat { fn speak(&self) -> String { format!(\"meow {}\", self.0) } }\nimpl<T: Speak> Speak for Vec<T> { fn speak(&self) -> String { self.iter().map(|s| s.speak()).collect::<Vec<_>>().join(\"; \") } }\n\
             fn chat(s: &dyn Speak) -> String { s.speak() } fn both<T: Speak>(s: T) -> String { s.speak() }",
            "",
        ),
        (
            "let tom = Cat(1); let cats = vec![Cat(2), Cat(3)]; let boxed: Vec<Box<dyn Speak + Send>> = vec![Box::new(Cat(4))];\n\
             let speaks = move || Cat(5).speak(); let (ask, asked) = std::sync::mpsc::channel::<()>(); let thread = std::thread::spawn(move || { asked.recv().unwrap(); Cat(6).speak() });",
            "",
        ),
        (
            "(chat(&tom), cats.speak())",
            "(\"meow 1\", \"meow 2; meow 3\")",
        ),
        (
            "impl Speak for Cat { fn speak(&self) -> String { format!(\"purr {}\", self.0) } }",
            "",
        ),
        (
            "impl<U> Speak for Vec<U>\nwhere U: Speak + Send { fn speak(&self) -> String { self.iter().map(Speak::speak).collect::<Vec<_>>().join(\" & \") } }",
            "",
        ),
        (
            "(chat(&tom), tom.speak(), cats.speak(), both(vec![Cat(7)]))",
            "(\"purr 1\", \"purr 1\", \"purr 2 & purr 3\", \"purr 7\")",
        ),
        // What was compiled before goes on as it was.
        (
            "ask.send(()).unwrap(); (boxed[0].speak(), speaks(), thread.join().unwrap())",
            "(\"meow 4\", \"meow 5\", \"meow 6\")",
        ),
        (
            "static BYES: std::sync::atomic::AtomicI32 = std::sync::atomic::AtomicI32::new(0); impl Drop for Cat { fn drop(&mut self) { BYES.fetch_add(self.0, std::sync::atomic::Ordering::SeqCst); } }\nimpl Iterator for Cat { type Item = u8; fn next(&mut self) -> Option<u8> { None } }",
            "",
        ),
        (
            "drop(tom); (cats.len(), BYES.load(std::sync::atomic::Ordering::SeqCst))",
            "(2, 1)",
        ),
        (
            "impl Iterator for Cat { type Item = u16; fn next(&mut self) -> Option<u16> { Some(1) } }",
            "",
        ),
        ("let mut cats = cats; cats[0].next()", "Some(1)"),
    ]);
}

#[test]
fn the_same_trait_by_another_path_is_implemented_again() {
    check(&[
        (
            "struct P; impl std::fmt::Display for P { fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result { f.write_str(\"one\") } }\nlet p = P;",
            "",
        ),
        (
            "use std::fmt::{self, Display}; impl Display for P { fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result { f.write_str(\"two\") } }",
            "",
        ),
        ("p.to_string()", "\"two\""),
        (
            "struct W<T>(T); impl<T: Copy> W<T> { fn get(&self) -> T { self.0 } }\nlet w = W(1);",
            "",
        ),
        ("impl W<i32> { fn get(&self) -> i32 { -self.0 } }", ""),
        ("w.get()", "-1"),
    ]);
}

#[test]
fn a_changed_type_takes_what_holds_it_and_nothing_else() {
    let mut notebook = Conversation::new();
    notebook.ok(
        "use std::collections::HashMap; struct P(u8); struct Holder<T>(T); type Alias = Vec<P>; struct Circle; enum Shape { Circle, Square }\n\
         mod shapes { pub struct P(pub u8); pub struct Item; } struct Generic<T> { t: T }",
    );
    notebook.ok(
        "let p = P(1); let held: Holder<Option<P>> = Holder(None); let alias: Alias = vec![]; let map: HashMap<String, P> = HashMap::new();\n\
         let f: Box<dyn Fn(P) -> u8 + Send> = Box::new(|p| p.0); let other = shapes::P(2); let shape = Shape::Circle; let number = 5; let hidden: Box<dyn Fn() -> u8 + Send> = { let p = P(9); Box::new(move || p.0) };\n\
         let items: Box<dyn Iterator<Item = u8> + Send> = Box::new(0..3); let generic = Generic { t: shapes::P(3) };",
    );
    let shown = all_of(
        &mut notebook,
        "struct P(u16); struct Circle(f64); struct Item;",
    );
    for name in ["p", "held", "alias", "map", "f"] {
        assert!(
            shown.contains(&format!("the variable `{name}` was dropped")),
            "{name}\n{shown}"
        );
    }
    assert_eq!(shown.matches("was dropped").count(), 5, "{shown}");
    assert_eq!(
        notebook.ok("let mut items = items; (other.0, matches!(shape, Shape::Circle), number, hidden(), items.next(), generic.t.0)"),
        "(2, true, 5, 9, Some(0), 3)"
    );
}

#[test]
fn private_things_of_a_cell_are_seen_everywhere_in_it() {
    check(&[
        (
            "fn helper() -> i32 { 1 } const N: i32 = 2; static S: i32 = 3; thread_local! { static L: i32 = 4; }\nstruct P { x: i32 }\nimpl P { fn secret(&self) -> i32 { self.x } }",
            "",
        ),
        (
            "mod m { use super::*; pub fn sum(p: &P) -> i32 { helper() + N + S + L.with(|l| *l) + p.secret() + p.x + crate::helper() } }\n\
             trait Sum { fn sum(&self) -> i32 { helper() + crate::N } } impl Sum for P {}\n\
             macro_rules! all { () => { $crate::helper() + N } }\nmacro_rules! make { ($n:ident) => { struct $n { y: i32 } impl $n { fn get(&self) -> i32 { self.y + helper() } } } }\nmake!(Q);",
            "",
        ),
        (
            "let p = P { x: 5 }; (m::sum(&p), Sum::sum(&p), all!(), Q { y: 1 }.get(), Q { y: 7 }.y)",
            "(21, 3, 3, 2, 7)",
        ),
        ("struct P { x: i32, z: i32 }", ""),
        (
            "let p = P { x: 5, z: 6 }; let q: crate::P = p; (m::sum(&q), Sum::sum(&q), q.secret() + q.z, Q { y: 1 }.get())",
            "(21, 3, 11, 2)",
        ),
        ("fn helper() -> i32 { 10 }", ""),
        (
            "(m::sum(&q), Sum::sum(&q), all!(), Q { y: 1 }.get())",
            "(39, 12, 12, 11)",
        ),
    ]);
}

#[test]
fn types_in_modules_stay_while_functions_change() {
    let module = |area: &str| {
        format!(
            "mod shapes {{ use super::*; pub struct Circle {{ r: f64 }} impl Circle {{ pub fn new(r: f64) -> Self {{ Circle {{ r }} }} {area} }}\n\
             pub fn both(p: &P) -> i32 {{ p.x }} pub trait Area {{ fn twice(&self) -> f64; }} impl Area for Circle {{ fn twice(&self) -> f64 {{ self.r * 2.0 }} }} }}"
        )
    };
    check(&[
        (
            "use std::any::Any; struct P { x: i32 } macro_rules! same { ($e:expr) => { $e } } trait Named { fn name(&self) -> String { same!(std::mem::size_of::<P>()).to_string() } } impl Named for i32 {}",
            "",
        ),
        (&module("pub fn area(&self) -> f64 { self.r }"), ""),
        (
            "let c = shapes::Circle::new(2.0); let any: Box<dyn Any> = Box::new(shapes::Circle::new(3.0)); let area: Box<dyn shapes::Area + Send> = Box::new(shapes::Circle::new(4.0));\n\
             let named: Box<dyn Named + Send> = Box::new(1); let any_named: Box<dyn Any> = Box::new(Box::new(1) as Box<dyn Named>);",
            "",
        ),
        (
            &module(
                "/// Of the square.\n fn square(&self) -> f64 { [self.r].iter().map(|r| r * r).sum() }\n#[inline] pub fn area(&self) -> f64 { self.square() }",
            ),
            "",
        ),
        (
            "(c.area(), any.downcast_ref::<shapes::Circle>().map(|c| c.area()), area.twice())",
            "(4.0, Some(9.0), 8.0)",
        ),
        (
            "struct P { x: i32, y: i32 }\nmacro_rules! same { ($e:expr) => { $e + 1 } }\nimpl Named for i32 { fn name(&self) -> String { \"other\".to_owned() } }",
            "",
        ),
        (
            "(c.area(), any.is::<shapes::Circle>(), named.name(), any_named.is::<Box<dyn Named>>(), shapes::both(&P { x: 5, y: 6 }))",
            "(4.0, true, \"4\", true, 5)",
        ),
    ]);
    // Names of ours are nobody else's.
    check(&[
        (
            "mod again { #[derive(Debug)] pub struct P; } mod notebook { #[derive(Debug)] pub struct P; } let a = (again::P, notebook::P);",
            "",
        ),
        (
            "mod again { #[derive(Debug)] pub struct P; pub struct Q; } let b = again::Q;",
            "",
        ),
        ("mod again { #[derive(Debug)] pub struct P(pub u8); }", ""),
        ("let a = (again::P(1), notebook::P);", ""),
        ("a", "(P(1), P)"),
    ]);
}

#[test]
fn an_import_that_says_what_was_known_changes_nothing() {
    check(&[
        (
            "use std::collections::*; struct S { m: HashMap<String, Option<Vec<u8>>> } let s = S { m: HashMap::new() };",
            "",
        ),
        (
            "use std::collections::HashMap; use std::vec::Vec; use std::option::Option;",
            "",
        ),
        ("s.m.len()", "0"),
        ("use std::collections::{HashMap, BTreeMap};", ""),
        ("s.m.len()", "0"),
    ]);
}

#[test]
fn types_are_written_as_the_user_would() {
    let mut notebook = Conversation::new();
    notebook.ok("use std::collections::HashMap; struct P; let a = Some(String::new()); let b: HashMap<&str, Vec<i32>> = HashMap::new(); let c = vec![P]; let d = std::sync::Arc::new(1u8);");
    assert_eq!(
        printed(&mut notebook, ":vars"),
        "    a: Option<String>\n    b: HashMap<&str, Vec<i32>>\n    c: Vec<P>\n    d: std::sync::Arc<u8>\n"
    );
    notebook.ok("struct P(u8); let c = (P(1), std::cell::RefCell::new(P(2))); use std::sync::Arc; use std::cell;");
    assert_eq!(
        printed(&mut notebook, ":vars"),
        "    a: Option<String>\n    b: HashMap<&str, Vec<i32>>\n    c: (P, cell::RefCell<P>)\n    d: Arc<u8>\n"
    );
    assert_eq!(
        printed(&mut notebook, ":type c"),
        "c: (P, cell::RefCell<P>)\n"
    );
    assert_eq!(notebook.ok("P(1)"), "<P>");
    assert_eq!(notebook.ok("Arc::new(|x: u8| x)"), "<Arc<{closure}>>");
    let shown = all_of(
        &mut notebook,
        "let local = { struct Local(i32); Local(3) }; fn hidden() -> impl Sized { struct Inside; Some(Inside) } let inside = hidden();",
    );
    assert!(
        shown.contains("`local` is not kept for later cells: its type (Local) is defined inside of a function or block")
            && shown.contains("(Option<hidden::Inside>)"),
        "{shown}"
    );
    printed(&mut notebook, ":types");
    assert_eq!(notebook.ok("b"), "{}: HashMap<&str, Vec<i32>>");
    let error = notebook.err("let x: i32 = P(1);");
    assert!(
        error.contains("`P`") && !error.contains("redefined") && !error.contains("cell_"),
        "{error}"
    );
}
