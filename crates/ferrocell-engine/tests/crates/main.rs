//! Crates that notebooks use, each in a few cells, in a cache of its own. They take long to build, so that they run only
//! when they are asked for, and print how long and how large:
//!
//! ```text
//! cargo test -p ferrocell-engine --test crates -- --ignored --test-threads 1 --nocapture
//! ```

#[path = "../conversation/mod.rs"]
mod conversation;

use std::fs;
use std::path::Path;
use std::time::Instant;

use conversation::Conversation;

/// Runs cells, each with its result, in a notebook that builds the crates and in one that finds them in the cache.
fn try_crates(name: &str, dependencies: &str, cells: &[(&str, &str)]) {
    let folder = tempfile::tempdir().unwrap();
    let notebook = || {
        Conversation::with(|options| {
            options.working_dir = folder.path().to_owned();
            options.cache_dir = folder.path().join("cache");
        })
    };
    let mut times = Vec::new();
    for _ in ["built", "from the cache"] {
        let mut notebook = notebook();
        notebook.ok("1");
        let start = Instant::now();
        notebook.ok(dependencies);
        let ready = start.elapsed();
        for (cell, result) in cells {
            assert_eq!(notebook.ok(cell), *result, "{cell}");
        }
        times.push((ready, start.elapsed()));
    }
    let [(build, _), (cached, whole)] = times[..] else {
        unreachable!("two notebooks were run");
    };
    println!(
        "| {name} | {:.0} s | {:.2} s | {:.1} s | {} MB | {} MB |",
        build.as_secs_f64(),
        cached.as_secs_f64(),
        (whole - cached).as_secs_f64(),
        library(&folder.path().join("cache/deps")) >> 20,
        size(&folder.path().join("cache/deps")) >> 20,
    );
}

/// How large the libraries are that a notebook loads.
fn library(deps: &Path) -> u64 {
    let bundles = fs::read_dir(deps).unwrap().map(|it| it.unwrap().path());
    let versions = bundles.filter_map(|bundle| fs::read_dir(bundle).ok());
    let versions = versions.flatten().map(|it| it.unwrap().path());
    let files = versions.filter_map(|version| fs::read_dir(version).ok());
    let files = files.flatten().map(|it| it.unwrap());
    let is_loaded = |name: &str| name.starts_with("libferrocell_deps_") && name.ends_with(".so");
    files
        .filter(|file| is_loaded(&file.file_name().to_string_lossy()))
        .map(|file| file.metadata().unwrap().len())
        .sum()
}

/// How large a folder is, with files that are in it twice.
fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).unwrap().map(|it| it.unwrap());
    entries
        .map(|entry| match entry.metadata().unwrap() {
            metadata if metadata.is_dir() => size(&entry.path()),
            metadata => metadata.len(),
        })
        .sum()
}

#[test]
#[ignore = "builds a large crate"]
fn serde_and_clap() {
    try_crates(
        "serde, serde_json, clap",
        ":dep serde = { version = \"1\", features = [\"derive\"] }\n:dep serde_json = \"1\"\n\
         :dep clap = { version = \"4\", features = [\"derive\"] }",
        &[
            (
                "use serde::{Serialize, Deserialize};\n#[derive(Serialize, Deserialize, Debug, PartialEq)]\n\
                 struct Point { x: i32, y: Option<f64> }\nlet point = Point { x: 1, y: None };\n\
                 serde_json::to_string(&point)?",
                "\"{\\\"x\\\":1,\\\"y\\\":null}\"",
            ),
            (
                "serde_json::from_str::<Point>(\"{\\\"x\\\":1,\\\"y\\\":null}\")? == point",
                "true",
            ),
            (
                "use clap::Parser;\n#[derive(Parser)]\nstruct Args { #[arg(long)] n: u8 }\n\
                 Args::parse_from([\"x\", \"--n\", \"7\"]).n",
                "7",
            ),
        ],
    );
}

#[test]
#[ignore = "builds a large crate"]
fn ndarray_and_nalgebra() {
    try_crates(
        "ndarray, nalgebra",
        ":dep ndarray = \"0.17\"\n:dep nalgebra = \"0.35\"",
        &[
            (
                "use ndarray::{array, Array2};\nlet a: Array2<f64> = array![[1., 2.], [3., 4.]];\na.dot(&a).sum()",
                "54.0",
            ),
            (
                "use nalgebra::{Matrix2, Vector2};\nlet m = Matrix2::new(2.0, 0.0, 0.0, 4.0);\n\
                 m.lu().solve(&Vector2::new(2.0, 4.0)).unwrap().norm_squared()",
                "2.0",
            ),
            ("a.mapv(|x| x * 2.0)[[1, 1]] + m.trace()", "14.0"),
        ],
    );
}

#[test]
#[ignore = "builds a large crate"]
fn image_and_plotters() {
    try_crates(
        "image, plotters (SVG)",
        ":dep image = { version = \"0.25\", default-features = false, features = [\"png\"] }\n\
         :dep plotters = { version = \"0.3\", default-features = false, features = [\"svg_backend\", \"line_series\"] }",
        &[
            (
                "use image::{ImageFormat, Rgb, RgbImage};\n\
                 let picture = RgbImage::from_fn(64, 64, |x, y| Rgb([x as u8, y as u8, 0]));\n\
                 let mut png = std::io::Cursor::new(Vec::new());\npicture.write_to(&mut png, ImageFormat::Png)?;\n\
                 image::load_from_memory(png.get_ref())?.to_rgb8().get_pixel(3, 5).0",
                "[3, 5, 0]",
            ),
            (
                "use plotters::prelude::*;\nlet mut svg = String::new();\n{\n\
                 let area = SVGBackend::with_string(&mut svg, (200, 100)).into_drawing_area();\n\
                 let mut chart = ChartBuilder::on(&area).build_cartesian_2d(0f32..1f32, 0f32..1f32)?;\n\
                 chart.draw_series(LineSeries::new((0..10).map(|i| (i as f32 / 10.0, i as f32 / 10.0)), &RED))?;\n\
                 area.present()?;\n}\nsvg.contains(\"polyline\")",
                "true",
            ),
        ],
    );
}

#[test]
#[ignore = "builds a large crate"]
fn tokio_and_rayon() {
    try_crates(
        "tokio, rayon",
        ":dep tokio = { version = \"1\", features = [\"full\"] }\n:dep rayon = \"1\"",
        &[
            (
                "use rayon::prelude::*;\n(1..=1000u64).into_par_iter().map(|n| n * n).sum::<u64>()",
                "333833500",
            ),
            (
                "let task = tokio::spawn(async { tokio::time::sleep(std::time::Duration::from_millis(1)).await; 7 });",
                "",
            ),
            ("task.await?", "7"),
        ],
    );
}

#[test]
#[ignore = "builds a large crate"]
fn rusqlite() {
    try_crates(
        "rusqlite (bundled)",
        ":dep rusqlite = { version = \"0.37\", features = [\"bundled\"] }",
        &[
            (
                "let db = rusqlite::Connection::open_in_memory()?;\ndb.execute_batch(\"create table t (x int)\")?;\n\
                 for x in 0..5 { db.execute(\"insert into t values (?1)\", [x])?; }",
                "",
            ),
            (
                "db.prepare(\"select x from t where x > 2\")?.query_map([], |row| row.get(0))?.collect::<Result<Vec<i32>, _>>()?",
                "[3, 4]",
            ),
        ],
    );
}

#[test]
#[ignore = "builds a large crate"]
fn zstd_and_ring() {
    try_crates(
        "zstd, ring (C and assembly)",
        ":dep zstd = \"0.13\"\n:dep ring = \"0.17\"",
        &[
            (
                "use std::io::Write;\nlet mut writer = zstd::Encoder::new(Vec::new(), 3)?;\nwriter.write_all(&[7; 1000])?;\n\
                 let packed = writer.finish()?;\nzstd::decode_all(&packed[..])?.len()",
                "1000",
            ),
            (
                "ring::digest::digest(&ring::digest::SHA256, b\"abc\").as_ref()[..2].to_vec()",
                "[186, 120]",
            ),
        ],
    );
}

#[test]
#[ignore = "builds a large crate"]
fn cxx() {
    try_crates(
        "cxx (C++)",
        ":dep cxx = \"1\"",
        &[
            ("cxx::let_cxx_string!(text = \"hello\");\ntext.len()", "5"),
            (
                "let mut list = cxx::CxxVector::<i32>::new();\nlist.pin_mut().push(4);\nlist.len()",
                "1",
            ),
        ],
    );
}

#[test]
#[ignore = "builds a large crate"]
fn reqwest() {
    try_crates(
        "reqwest (blocking, rustls)",
        ":dep reqwest = { version = \"0.13\", features = [\"blocking\"] }",
        &[
            (
                "use std::io::{Read, Write};\nlet server = std::net::TcpListener::bind(\"127.0.0.1:0\")?;\n\
                 let address = server.local_addr()?;\nlet answering = std::thread::spawn(move || {\n\
                 let (mut stream, _) = server.accept().unwrap();\nlet mut request = [0; 1024];\n\
                 stream.read(&mut request).unwrap();\n\
                 stream.write_all(b\"HTTP/1.1 200 OK\\r\\ncontent-length: 5\\r\\nconnection: close\\r\\n\\r\\nhello\").unwrap();\n});",
                "",
            ),
            (
                "reqwest::blocking::get(format!(\"http://{address}/\"))?.text()?",
                "\"hello\"",
            ),
            ("answering.join().is_ok()", "true"),
        ],
    );
}

#[test]
#[ignore = "builds a large crate"]
fn candle() {
    try_crates(
        "candle-core",
        ":dep candle-core",
        &[
            (
                "use candle_core::{Device, Tensor};\nlet a = Tensor::new(&[[1f32, 2.], [3., 4.]], &Device::Cpu)?;\n\
                 a.matmul(&a)?.to_vec2::<f32>()?",
                "[[7.0, 10.0], [15.0, 22.0]]",
            ),
            ("(a.sum_all()? * 2.0)?.to_scalar::<f32>()?", "20.0"),
        ],
    );
}

#[test]
#[ignore = "builds a large crate"]
fn polars() {
    try_crates(
        "polars (lazy)",
        ":dep polars = { version = \"0.55\", features = [\"lazy\"] }",
        &[
            (
                "use polars::prelude::*;\nlet frame = df!(\"name\" => [\"Ada\", \"Bob\", \"Cyd\"], \"age\" => [36, 17, 52])?;\n\
                 frame.shape()",
                "(3, 2)",
            ),
            (
                "let adults = frame.clone().lazy().filter(col(\"age\").gt(lit(18))).collect()?;\nadults.height()",
                "2",
            ),
            (
                "let shown = format!(\"{adults}\");\nshown.contains(\"Ada\") && !shown.contains(\"Bob\")",
                "true",
            ),
        ],
    );
}
