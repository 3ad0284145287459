package rules

import (
	"strings"
	"testing"
)

// Each section with good numbers, and what it takes to spoil it: old text, new text, a word of the error.
func TestABadSectionIsRefusedWithAReason(t *testing.T) {
	for _, c := range []struct {
		section string
		spoilt  [][3]string
	}{
		{"wage_base: {average_wage_fen: 100000, floor_ppm: 600000, cap_ppm: 3000000, round_to_fen: 100}", [][3]string{
			{"100000", "0", "want average"}, {"cap_ppm: 3000000", "cap_ppm: 500000", "floor <= cap"}, {"round_to_fen: 100", "round_to_fen: 0", "unit above 0"},
		}},
		{"contributions: {schemes: [{scheme: pension, employer_ppm: 160000, person_ppm: 80000}]}", [][3]string{
			{"160000", "920001", "0 to 1000000 together"}, {"pension", "''", "want a name"}, {"80000", "-1", "0 to 1000000"},
			{"schemes: [", "schemes: [{}, {}, {}, {}, {}, ", "6 schemes: want 1 to 5"},
		}},
		{"undeclared: {share_of_last_ppm: 1100000}", [][3]string{{"1100000", "0", "share_of_last_ppm is 0"}}},
		{"late_fee: {daily_ppm: 500}", [][3]string{{"500", "50000", "daily_ppm is 50000"}}},
		{"retirement: {classes: {M: {age: 60, first_birth: 1965-01, step_months: 4, each_months: 1, most_months: 36}}}", [][3]string{
			{"step_months: 4, ", "", "want an age"}, {"first_birth: 1965-01, ", "", "want an age"}, {"age: 60", "age: 0", "want an age"}, {"{M: ", "{M: {}, F: ", "class M"},
			{"most_months: 36", "most_months: 0", "class M"},
		}},
		{"minimum_months: {months: 180, rises_from_year: 2030, step_months: 6, most_months: 240}", [][3]string{
			{"180", "0", "months is 0"}, {"step_months: 6", "step_months: 0", "step_months is 0"}, {"240", "100", "most_months is 100"},
		}},
		{"payout_months: {from_age: 60, months: [139, 132]}", [][3]string{{"[139, 132]", "[]", "0 entries"}, {"132", "139", "want fewer"}, {"60", "100", "up to 100"}}},
		{"pension: {accrual_ppm: 10000, account_interest_ppm: 26200}", [][3]string{{"26200", "100001", "account_interest_ppm"}, {"10000,", "0,", "accrual_ppm"}}},
		{"pension_base: {base_fen: 1}", [][3]string{{"1}", "0}", "base_fen"}}},
		{"transition: {accrual_ppm: 1}", [][3]string{{"1}", "0}", "accrual_ppm"}}},
		{"primary_insurance: {eligible_age: 62, wage_index: 4297961, wage_index_of_1977: 977944, points_of_1979: [180, 1085], share_ppm: [900000, 320000, 150000], raise_ppm: 0}", [][3]string{
			{"[180, 1085]", "[180]", "two points"}, {"[180, 1085]", "[1085, 180]", "points that rise"}, {"150000]", "1000001]", "share_ppm"}, {"raise_ppm: 0", "raise_ppm: -1", "raise_ppm"},
			{"4297961", "0", "an index"}, {"977944", "100", "ratio"}, {"62", "0", "eligible_age"},
		}},
		{"unemployment_term: {most_months: 24, months_per_year: 2, bands: [{from_months_paid: 12, most_months: 12}, {from_months_paid: 60, most_months: 18}]}", [][3]string{
			{"from_months_paid: 60", "from_months_paid: 12", "bands that rise"}, {"most_months: 18", "most_months: 25", "of 1 to 24"}, {"months_per_year: 2", "months_per_year: 13", "13 months a year"},
		}},
		{"unemployment_amount: {steps: [{through_month: 12, amount_fen: 2}, {through_month: 24, amount_fen: 1}], extended_fen: 1}", [][3]string{
			{"through_month: 24", "through_month: 12", "steps that rise"}, {"amount_fen: 2", "amount_fen: 0", "amount_fen"}, {"extended_fen: 1", "extended_fen: -1", "extended_fen"}, {"[{through_month: 12, amount_fen: 2}, {through_month: 24, amount_fen: 1}]", "[]", "no steps"},
		}},
		{"injury: {wage_floor_ppm: 600000, wage_cap_ppm: 3000000, lump_months: [27, 25, 23, 21, 18, 16, 13, 11, 9, 7], monthly_ppm: [900000], fund_grades: 1, care_ppm: [3, 2, 1], funeral_months: 6, spouse_ppm: 4, other_dependant_ppm: 3, alone_extra_ppm: 1, death_incomes: 20}", [][3]string{
			{"27, ", "", "9 lumps"}, {"fund_grades: 1", "fund_grades: 2", "fund up to grade 2"}, {"[3, 2, 1]", "[3, 2]", "2 care"}, {"death_incomes: 20", "death_incomes: 121", "months or incomes"},
			{"spouse_ppm: 4", "spouse_ppm: 1000001", "a share"}, {"wage_cap_ppm: 3000000", "wage_cap_ppm: 1", "floor <= cap"},
		}},
		{"injury_rates: {classes: [{rate_ppm: 2000, float_ppm: [1000000]}]}", [][3]string{{"2000", "0", "class 1"}, {"[1000000]", "[]", "class 1"}, {"[{rate_ppm: 2000, float_ppm: [1000000]}]", "[]", "no class"}}},
		{"maternity: {days: 98, late_loss_from_month: 4, days_of_month: 30}", [][3]string{{"98", "367", "days of leave"}, {"30", "0", "days_of_month"}, {"month: 4", "month: 0", "late_loss_from_month"}}},
		{"outpatient: {deductible_fen: {active: 1, retired: 1}, year_cap_fen: {active: 1, retired: 1}, tier_ppm: [1], retired_extra_ppm: 1}", [][3]string{
			{"retired_extra_ppm: 1", "retired_extra_ppm: 1000000", "together"},
		}},
		{"medical_waiting: {free_gap_months: 3, wait_months: 6, lifetime_months: 180}", [][3]string{{"180", "901", "a number of months"}}},
		{"transfer: {pool_ppm: 120000}", [][3]string{{"120000", "1000001", "pool_ppm"}}},
	} {
		section := strings.Replace(c.section, "{", "{rule: X, citation: c, verified: true, ", 1)
		parse := func(section string) error {
			_, err := ParsePack([]byte("region: XX\nfrom: 2020-01-01\ntitle: t\n" + section + "\n"))
			return err
		}
		if err := parse(section); err != nil {
			t.Errorf("%s: %v", section, err)
		}
		for _, s := range c.spoilt {
			spoilt := strings.Replace(section, s[0], s[1], 1)
			if spoilt == section {
				t.Fatalf("%q is not in %s", s[0], section)
			}
			if err := parse(spoilt); err == nil || !strings.Contains(err.Error(), s[2]) {
				t.Errorf("%s: error is %v, want one with %q", spoilt, err, s[2])
			}
		}
	}
}
