/*
 * letters.h - which shifts of a catalogue the rules about days tell apart: the letters of the day automaton
 * (automaton.h), and what may follow what.
 *
 * Rest, distance of starts and rotation that are hard travel with the slots (rank, release). Where they are
 * priced, and for successions and the length of days off, a letter is a class of shifts that no such rule
 * tells apart, by the shift before and by the shift behind; times are elapsed minutes from the first local
 * midnight, so that days of 23 and 25 hours come out right.
 *
 * Private to scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_LETTERS_H
#define WFM_SCHEDULER_ROSTER_LETTERS_H

#include "scheduler/roster/model.h"

/* Fills letters, runs, gaps and choices of the catalogue, week and letter of its slots, and the letters of
   the published shifts of its agents (model->past_letter). WFM_ERROR_INPUT when the rules tell more shifts
   apart than the automaton can hold. */
bool letters_build(struct roster_model *model, struct catalogue *cat, GError **error);
void letters_clear(struct catalogue *cat);

/* A shift as rules between two shifts see it. */
struct shift_shape {
    int start, end; /* elapsed minutes from the first local midnight of the catalogue less 1440 × day */
    int start_min;  /* wall clock */
    int tmpl;       /* -1 = unknown */
};
struct shift_shape shape_of_slot(const struct roster_model *model, const struct catalogue *cat,
                                 const struct slot *slot);

/* What shift b costs by the rules of pairs with prices, `days_off` days after shift a (0 = on the next day);
   INFINITY when a hard one forbids it that does not travel with the slots. */
double pair_cost(const struct contract *contract, const struct shift_shape *a, const struct shift_shape *b,
                 int days_off);

#endif
