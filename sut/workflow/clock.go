package workflow

import (
	"fmt"
	"strings"

	"github.com/peakday/peakday/sut/rules"
)

// A Clock is a time limit that the law sets for a kind of case.
type Clock struct {
	Kind     string     // pension, unemployment, …
	Days     int        // from the day after it began to run
	Working  bool       // working days; else calendar days
	Whose    string     // who must act in time: agency, or the insured and the employer
	Law      string     // law and article
	InForce  rules.Date // the law's first day; on an earlier day the clock is a model
	Verified bool       // the article's text was read
	Note     string
}

// Clocks lists all clocks.
func Clocks() []Clock {
	const (
		handling = "社会保险经办条例 (2023) art. "
		injury   = "工伤保险条例 (2010) art. "
	)
	var (
		since2023 = rules.Date(20231201)
		since2011 = rules.Date(20110101)
	)
	return []Clock{
		{"registration", 10, true, "agency", handling + "6", since2023, true, "a person's application for registration"},
		{"change", 10, true, "agency", handling + "10", since2023, true, "an application to change or end a registration"},
		{"pension", 20, true, "agency", handling + "18", since2023, true, "an application to draw the pension"},
		{"medical_manual", 30, true, "agency", handling + "20", since2023, true, "bills that the patient paid and hands in"},
		{"maternity_allowance", 10, true, "agency", handling + "20", since2023, true, ""},
		{"injury_manual", 20, true, "agency", handling + "22", since2023, true, "bills that the injured or the employer paid and hands in"},
		{"unemployment", 10, true, "agency", handling + "24", since2023, true, ""},
		{"training_subsidy", 10, true, "agency", handling + "24", since2023, true, ""},
		{"stop_notice", 20, true, "insured and employer", handling + "25", since2023, true, "to report that a benefit must stop, from the day of the event"},
		{"injury_determination", 60, false, "agency", injury + "20", since2011, true, "stands still while a court or another office decides what it rests on"},
		{"injury_clear", 15, false, "agency", injury + "20", since2011, true, "where facts and duties are clear"},
		{"capacity_appraisal", 60, false, "agency", injury + "25", since2011, true, "of the capacity for work"},
		{"capacity_appraisal_long", 90, false, "agency", injury + "25", since2011, true, "60 days and the 30 more that are allowed where needed"},
		{"transfer_hop", 15, true, "agency", "国办发〔2009〕66号", 20100101, false, "each step between two agencies; read in a copy, not at the source"},
	}
}

// ClockOf is the clock of a kind of case.
func ClockOf(kind string) (Clock, error) {
	var known []string
	for _, c := range Clocks() {
		if c.Kind == kind {
			return c, nil
		}
		known = append(known, c.Kind)
	}
	return Clock{}, fmt.Errorf("clock %q: want one of %s", kind, strings.Join(known, ", "))
}
