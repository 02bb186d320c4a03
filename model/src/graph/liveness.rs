//! What the graph of reachable states says about progress.

use super::{Graph, Liveness};

/// States in which something is left to be done for ever, or may be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unresolved {
    /// States from which no resolved state can be reached, first reached first.
    pub stuck: Vec<u32>,
    /// Of those, the ones in which nothing can happen at all.
    pub deadlocks: Vec<u32>,
    /// One state of each cycle of unresolved states that weakly fair scheduling need not leave.
    pub fair_cycles: Vec<u32>,
}

impl<M: Liveness> Graph<'_, M> {
    /// Decides progress. Meaningful only for a complete exploration.
    pub fn unresolved(&self) -> Unresolved {
        let can_resolve = self.can_reach_resolved();
        let stuck: Vec<u32> =
            (0u32..).zip(&can_resolve).filter(|(_, can)| !**can).map(|(state, _)| state).collect();
        let deadlocks = stuck
            .iter()
            .copied()
            .filter(|state| self.edges(*state as usize).next().is_none())
            .collect();
        Unresolved { stuck, deadlocks, fair_cycles: self.fair_cycles() }
    }

    /// How many steps the shortest way takes from an unresolved state back to itself, through
    /// unresolved ones; `None` if there is none.
    pub fn shortest_cycle(&self, through: u32) -> Option<usize> {
        let mut seen = vec![false; self.len()];
        let mut layer = vec![through];
        for length in 1.. {
            let mut next = Vec::new();
            for (target, _) in layer.iter().flat_map(|state| self.edges(*state as usize)) {
                if target == through {
                    return Some(length);
                }
                let is_new = !std::mem::replace(&mut seen[target as usize], true);
                if is_new && !self.is_resolved[target as usize] {
                    next.push(target);
                }
            }
            if next.is_empty() {
                break;
            }
            layer = next;
        }
        None
    }

    /// For each state, whether some resolved state can be reached from it: backwards from the
    /// resolved.
    fn can_reach_resolved(&self) -> Vec<bool> {
        let (first, sources) = self.reversed();
        let mut reached = self.is_resolved.clone();
        let mut pending: Vec<u32> =
            (0u32..).zip(&reached).filter(|(_, is)| **is).map(|(state, _)| state).collect();
        while let Some(state) = pending.pop() {
            let range = first[state as usize] as usize..first[state as usize + 1] as usize;
            for source in &sources[range] {
                if !std::mem::replace(&mut reached[*source as usize], true) {
                    pending.push(*source);
                }
            }
        }
        reached
    }

    /// The edges turned round: where the sources of each state begin, and the sources.
    fn reversed(&self) -> (Vec<u64>, Vec<u32>) {
        let mut first = vec![0u64; self.len() + 1];
        for target in &self.targets {
            first[*target as usize + 1] += 1;
        }
        for state in 0..self.len() {
            first[state + 1] += first[state];
        }
        let mut place = first.clone();
        let mut sources = vec![0u32; self.targets.len()];
        for source in 0..self.len() {
            for (target, _) in self.edges(source) {
                sources[place[target as usize] as usize] = source as u32;
                place[target as usize] += 1;
            }
        }
        (first, sources)
    }

    /// A strongly connected set of unresolved states is a place to stay under weak fairness iff
    /// every fair kind of action is either taken inside it, or impossible somewhere in it.
    fn fair_cycles(&self) -> Vec<u32> {
        let components = self.components();
        let mut inside: Vec<Vec<u32>> = Vec::new();
        for (state, component) in (0u32..).zip(&components) {
            let component = *component as usize;
            inside.resize(inside.len().max(component + 1), Vec::new());
            if !self.is_resolved[state as usize] {
                inside[component].push(state);
            }
        }
        let stays = |states: &Vec<u32>| self.can_stay(states, &components);
        inside.iter().filter(|states| stays(states)).map(|states| states[0]).collect()
    }

    fn can_stay(&self, states: &[u32], components: &[u32]) -> bool {
        let Some(first) = states.first() else { return false };
        let component = components[*first as usize];
        let mut taken_inside = vec![false; self.kinds.len()];
        let mut possible_everywhere = vec![true; self.kinds.len()];
        let mut is_cycle = false;
        for state in states {
            let mut possible = vec![false; self.kinds.len()];
            for (target, kind) in self.edges(*state as usize) {
                possible[usize::from(kind)] = true;
                let stays =
                    components[target as usize] == component && !self.is_resolved[target as usize];
                taken_inside[usize::from(kind)] |= stays;
                is_cycle |= stays;
            }
            for (everywhere, here) in possible_everywhere.iter_mut().zip(possible) {
                *everywhere &= here;
            }
        }
        let fair = |kind: usize| {
            !self.model.is_fair(self.kinds[kind])
                || taken_inside[kind]
                || !possible_everywhere[kind]
        };
        is_cycle && (0..self.kinds.len()).all(fair)
    }

    /// The strongly connected component of each state, over edges between unresolved states
    /// (Tarjan, with a stack of its own instead of recursion).
    fn components(&self) -> Vec<u32> {
        const NONE: u32 = u32::MAX;
        let mut order = vec![NONE; self.len()];
        let mut low = vec![NONE; self.len()];
        let mut component = vec![NONE; self.len()];
        let (mut stack, mut next_order, mut next_component) = (Vec::new(), 0u32, 0u32);
        for root in 0..self.len() as u32 {
            if order[root as usize] != NONE {
                continue;
            }
            let mut calls = vec![(root, 0usize)];
            while let Some((state, edge)) = calls.pop() {
                let at = state as usize;
                if edge == 0 {
                    (order[at], low[at]) = (next_order, next_order);
                    next_order += 1;
                    stack.push(state);
                }
                let target = self
                    .edges(at)
                    .skip(edge)
                    .map(|(target, _)| target)
                    .take(1)
                    .find(|_| !self.is_resolved[at]);
                match target {
                    Some(target) if self.is_resolved[target as usize] => {
                        calls.push((state, edge + 1))
                    }
                    Some(target) if order[target as usize] == NONE => {
                        calls.push((state, edge + 1));
                        calls.push((target, 0));
                    }
                    Some(target) => {
                        if component[target as usize] == NONE {
                            low[at] = low[at].min(order[target as usize]);
                        }
                        calls.push((state, edge + 1));
                    }
                    None => {
                        if low[at] == order[at] {
                            while let Some(member) = stack.pop() {
                                component[member as usize] = next_component;
                                if member == state {
                                    break;
                                }
                            }
                            next_component += 1;
                        }
                        if let Some((parent, _)) = calls.last() {
                            low[*parent as usize] = low[*parent as usize].min(low[at]);
                        }
                    }
                }
            }
        }
        component
    }
}
