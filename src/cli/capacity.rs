//! `capacity`: what the workloads ask for, and how much of their clusters that is.

use super::arguments::{Capacity, Table};
use super::{Console, ExitCode, Project};
use crate::object::ObjectSet;
use crate::object::capacity::CapacityPlan;
use crate::report;

/// Runs the command. What does not fit is an error of the spec, and yet shown: it is what is asked about.
pub(super) fn run(arguments: &Capacity, project: &Project, console: &mut Console<'_>) -> ExitCode {
    let compiled = match project.judged(&arguments.environments, console) {
        Ok(compiled) => compiled,
        Err(code) => return code,
    };
    let sets: Vec<&ObjectSet> = compiled.sets.iter().collect();
    let plan = CapacityPlan::of(&sets);
    if !sets.is_empty() {
        match arguments.format {
            Table::Text => console.page(&report::capacity(&plan, console.width, console.style)),
            Table::Json => console.data(&report::capacity_json(&plan)),
        }
    }
    if compiled.is_valid() { ExitCode::Done } else { ExitCode::Wrong }
}
