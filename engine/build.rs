//! Nothing is built here: this file only makes cargo heed what `openssl-src` is to include.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
}
