fn main() { println!("hotline"); }
