//! The one integration binary.

mod understanding;
