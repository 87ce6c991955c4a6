//! Tells the program where libtorch is, when it is built with the feature `bert`.

fn main() {
    println!("cargo:rerun-if-env-changed=LIBTORCH");
    if let (Ok(_), Ok(libtorch)) = (std::env::var("CARGO_FEATURE_BERT"), std::env::var("LIBTORCH")) {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{libtorch}/lib");
    }
}
