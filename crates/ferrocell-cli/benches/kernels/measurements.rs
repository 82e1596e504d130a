//! All that was measured: for each row and contender, one number from each round.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::contender::Contender;

#[derive(Default)]
pub(crate) struct Measurements(BTreeMap<(&'static str, Contender), Vec<f64>>);

impl Measurements {
    /// Adds a time, kept in seconds.
    pub(crate) fn time(&mut self, row: &'static str, contender: Contender, time: Duration) {
        self.number(row, contender, time.as_secs_f64());
    }

    /// Adds a number, in the row's unit.
    pub(crate) fn number(&mut self, row: &'static str, contender: Contender, number: f64) {
        self.0.entry((row, contender)).or_default().push(number);
    }

    /// The median over all rounds so far.
    pub(crate) fn median(&self, row: &'static str, contender: Contender) -> Option<f64> {
        let mut numbers = self.0.get(&(row, contender))?.clone();
        numbers.sort_by(f64::total_cmp);
        let middle = numbers.len() / 2;
        Some(if numbers.len() % 2 == 1 {
            numbers[middle]
        } else {
            f64::midpoint(numbers[middle - 1], numbers[middle])
        })
    }
}
