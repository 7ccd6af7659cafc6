//! `pantry chef run`, from the command line to the program on the machine and back.

mod converging;
mod converting;
mod converting_real;
mod faults;
mod kitchen;
mod real;
