package storetest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
)

// seed is the rows that the queries below are asked of.
func seed(tx store.Tx) error {
	for _, n := range []int{3, 1, 2} {
		if err := tx.Count("r", fmt.Sprint("b", n), int64(n), ledger.Fen(10*n)); err != nil {
			return err
		}
	}
	return tx.Add(
		&store.Contribution{Person: 1, Month: 202212, Kind: "normal", Base: 500000},
		&store.Contribution{Person: 1, Month: 202301, Kind: "normal", Base: 600000},
		&store.Contribution{Person: 1, Month: 202302, Kind: "normal", Base: 600000},
		&store.Contribution{Person: 1, Month: 202302, Kind: "arrears", Base: 1234567},
		&store.Contribution{Person: 2, Month: 202301, Kind: "normal", Base: 650000},
		&store.Contribution{Person: 2, Month: 202302, Kind: "normal", Base: 98765432},
		&store.Batch{ID: "B1", Kind: "pension", Region: "990001"},
		&store.Batch{ID: "B2", Kind: "pension", Region: "990002"},
		&store.Item{Entitlement: "EN-a", Period: 202301, Batch: "B1", N: 0, Amount: 10, Kept: 1, State: "returned"},
		&store.Item{Entitlement: "EN-B", Period: 202301, Batch: "B1", N: 1, Amount: 20, State: "returned"},
		&store.Item{Entitlement: "EN-c", Period: 202301, Batch: "B1", N: 2, Amount: 40, State: "paid"},
		&store.Item{Entitlement: "EN-d", Period: 202301, Batch: "B2", N: 0, Amount: 80, State: "returned"},
		&store.Case{ID: "BC-1", Person: 1, Kind: "pension", State: "applied", Due: 20230110},
		&store.Case{ID: "BC-2", Person: 2, Kind: "pension", State: "reviewing", Due: 20230110},
		&store.Case{ID: "BC-3", Person: 3, Kind: "pension", State: "decided", Due: 20230110},
		&store.Case{ID: "BC-4", Person: 4, Kind: "pension", State: "need_docs", Due: 20230109},
	)
}

// portable asks the queries in which databases differ, sums, casts, division, pairs, the order of text, and wants what
// the seed says. A letter of columns is the type of a column: s text, i integer.
func portable(t *testing.T, s store.Store) {
	if err := s.Update(t.Context(), seed); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, columns string
		q             store.Query
		args          []any
		want          string
	}{
		{"totals", "sii", store.Statistics, []any{"r"}, "b1 1 10, b2 2 20, b3 3 30"},
		{"a page of totals", "sii", store.StatisticsAfter, []any{"r", "b1", 1}, "b2 2 20"},
		{"a page after one that is not there", "sii", store.StatisticsAfter, []any{"r", "b11", 9}, "b2 2 20, b3 3 30"},
		{"all wages", "sii", store.WageScan, []any{"", 9}, "202212 05 1 500000, 202301 06 2 1250000, 202302 06 1 600000, 202302 12 1 1234567, 202302 987 1 98765432"},
		{"a page of wages", "sii", store.WageScan, []any{"202301 06", 2}, "202302 06 1 600000, 202302 12 1 1234567"},
		{"years of a person", "iii", store.PaidYears, []any{1}, "2022 500000 1, 2023 600000 2"},
		{"who has paid", "i", store.PaidFor, []any{1, 2, 202301}, "1, 2"},
		{"items by state", "sii", store.ItemSums, []any{"B1", "gone"}, "paid 1 40, returned 2 29"},
		{"returned items, capitals first", "si", "SELECT entitlement, period FROM (" + store.ItemsReturned + ") AS list", []any{"pension", "990001", 9}, "EN-B 202301, EN-a 202301"},
		{"due cases", "s", "SELECT id FROM (" + store.CasesDue + ") AS list", []any{20230110, 20230109, "BC-4", 9}, "BC-1, BC-2"},
	} {
		var got []string
		numbers, texts := make([]int64, len(c.columns)), make([]string, len(c.columns))
		var dest []any
		for i, column := range c.columns {
			if column == 's' {
				dest = append(dest, &texts[i])
			} else {
				dest = append(dest, &numbers[i])
			}
		}
		err := s.View(t.Context(), func(v store.View) error {
			return v.Select(c.q, dest, func() error {
				var row []string
				for i, column := range c.columns {
					if column == 's' {
						row = append(row, texts[i])
					} else {
						row = append(row, fmt.Sprint(numbers[i]))
					}
				}
				got = append(got, strings.Join(row, " "))
				return nil
			}, c.args...)
		})
		if text := strings.Join(got, ", "); err != nil || text != c.want {
			t.Errorf("%s: %q, %v; want %q", c.name, text, err, c.want)
		}
	}
}
