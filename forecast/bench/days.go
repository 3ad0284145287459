package main

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/peakday/peakday/forecast/backtest"
	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/ets"
	"github.com/peakday/peakday/forecast/model"
	"github.com/peakday/peakday/forecast/series"
)

// days puts the tiers, with and without what is at home in days and weeks, beside
// R's forecast package on public series of days and of weeks.
func (b bench) days() (Part, error) {
	daily, err := b.daily()
	if err != nil {
		return Part{}, err
	}
	weekly, err := b.weekly()
	if err != nil {
		return Part{}, err
	}
	var w strings.Builder
	w.WriteString("None of these series chose anything.\n")
	for _, f := range []struct {
		what string
		field
	}{
		{"%d series of days: passengers over Hong Kong's border, pedestrians, visits of Wikipedia, and bike share, electricity, road traffic and taxis added up. The season is 7; 14 days ahead", field{daily, backtest.Plan{Horizon: 14, Stride: 56, Least: 112, Most: 5}, []int{7}}},
		{"%d series of weeks: claims of unemployment benefits in the US and visits of its health sites. The season is 52; 13 weeks ahead", field{weekly, backtest.Plan{Horizon: 13, Stride: 13, Least: 112, Most: 5}, []int{52}}},
	} {
		fmt.Fprintf(&w, "\n"+f.what+", from %d origins each.\n\n", len(f.all), f.plan.Most)
		if err := f.compare(&w, b.tiers); err != nil {
			return Part{}, err
		}
	}
	return Part{Tables: w.String()}, nil
}

// compare writes a row a method.
func (f field) compare(w *strings.Builder, tiers []ensemble.Tier) error {
	h, season := f.plan.Horizon, f.seasons[0]
	reference, seconds, err := f.timed("Naive2", backtest.Naive2(season, h))
	if err != nil {
		return err
	}
	w.WriteString("| method | sMAPE | MASE | OWA over Naive2 | MSIS | coverage of 95 % | peak off, mean | median | 95 % bound held | seconds |\n|---|---|---|---|---|---|---|---|---|---|\n")
	row := func(j judged, seconds float64, err error) error {
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %s | %s | %.1f | %s | %.4f |\n", j.name, cell("%.2f", j.by(smape), 1), cell("%.3f", j.by(mase), 1), cell("%.3f", j.owa(reference), 1),
			cell("%.2f", j.by(ofSpread(msis)), 1), cell("%.1f", j.by(ofSpread(coverage)), 100), cell("%.1f", j.by(peakError), 100), 100*j.medianPeak(), cell("%.1f", j.by(held), 100), seconds)
		return err
	}
	if err := row(reference, seconds, nil); err != nil {
		return err
	}
	if err := row(f.timed("seasonal naive", backtest.SeasonalNaive(season, h))); err != nil {
		return err
	}
	for _, tier := range tiers {
		for _, more := range []struct {
			name    string
			members []ensemble.Member
		}{{"", nil}, {", ETS and Theta too", oneSeason()}} {
			with := ensemble.Tier{Members: slices.Concat(tier.Members, more.members), Power: tier.Power, Trim: tier.Trim}
			if err := row(f.timed("peakday, "+tier.Name+more.name, func(known series.Series) (ensemble.Forecast, error) {
				return ensemble.New(known.Values, ensemble.Options{Horizon: h, Seasons: f.seasons, Levels: levels(), Tier: with})
			})); err != nil {
				return err
			}
		}
	}
	for _, method := range []string{"mstl+ets", "thetaf"} {
		if exec.Command("Rscript", "-e", "library(forecast)").Run() != nil {
			continue // the part rivals says so
		}
		if err := row(f.inR(method)); err != nil {
			return err
		}
	}
	return nil
}

// oneSeason are models of one season and a trend, which no tier has.
func oneSeason() []ensemble.Member {
	smoothing := model.ETS{Label: "ETS", Form: ets.Form{Trend: ets.Damped, Season: ets.Additive}}
	return []ensemble.Member{{Model: smoothing, Say: 1}, {Model: model.InLogs(smoothing), Say: 1}, {Model: model.InLogs(model.Theta{Label: "Theta"}), Say: 1}}
}

// daily are public series of days; what is by the hour or half of it is added up.
func (b bench) daily() ([]one, error) {
	var all []one
	for _, s := range []struct{ file, values string }{
		{"events/hk_border_passengers_daily_2021_2024.csv", "arr_total dep_total arr_airport dep_airport arr_resident dep_resident"},
		{"events/prophet_pedestrians_covid.csv", "y"},
		{"events/prophet_wp_log_R.csv", "y"},
		{"events/prophet_wp_log_peyton_manning.csv", "y"},
		{"seasonal/bikeshare_dc_hourly_until_2018.csv", "count"},
		{"seasonal/electricity_hourly_until_2014-09.csv", "y"},
		{"seasonal/metro_interstate_traffic_volume_hourly.csv", "traffic_volume"},
		{"web/nab/nyc_taxi.csv", "value"},
	} {
		for value := range strings.FieldsSeq(s.values) {
			daily, err := source{file: s.file, value: value}.read(b.data, day*time.Hour)
			if err != nil {
				return nil, err
			}
			if strings.Contains(s.file, "_log_") {
				for i, v := range daily.Values {
					daily.Values[i] = math.Exp(v)
				}
			}
			all = append(all, one{s.file + " " + value, daily})
		}
	}
	return all, nil
}

// weekly are initial claims of unemployment benefits and the visits of US health
// sites, of those that have all 209 weeks. A week of visits is counted from New
// Year, so the first and the last of a year may be short.
func (b bench) weekly() ([]one, error) {
	const complete = 209
	name := filepath.Join(b.data, "events", "us_gov_hhs_domains_weekly_2019_2022.csv")
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	type count struct{ year, week, visits int }
	of := map[string][]count{}
	for _, row := range rows[1:] {
		var n [3]int
		for i := range n {
			if n[i], err = strconv.Atoi(row[1+i]); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
		of[row[0]] = append(of[row[0]], count{n[0], n[1], n[2]})
	}
	claims, err := source{file: "events/us_initial_claims_weekly_nsa_2004_2012.csv", value: "claims.nsa"}.read(b.data, week*time.Hour)
	if err != nil {
		return nil, err
	}
	all := []one{{"initial claims", claims}}
	for domain, weeks := range of {
		if len(weeks) != complete {
			continue
		}
		slices.SortFunc(weeks, func(a, b count) int { return cmp.Or(a.year-b.year, a.week-b.week) })
		s := series.Series{Step: week * time.Hour}
		for _, w := range weeks {
			s.Values = append(s.Values, float64(w.visits))
		}
		all = append(all, one{domain, s})
	}
	slices.SortFunc(all, func(a, b one) int { return cmp.Compare(a.id, b.id) })
	return all, nil
}
