package sizing

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/peakday/peakday/forecast"
)

// ten days whose peaks were 60, 120, ..., 600 a minute, so 1 to 10 a second.
func tenDays() forecast.Forecast {
	f := forecast.Forecast{History: forecast.Facts{BinSeconds: 60}, Peaks: []forecast.Peak{
		{P: 0.5, PerBin: 360, PerSecond: 6},
		{P: 0.9, PerBin: 600, PerSecond: 10},
		{P: 0.99, PerBin: 600, PerSecond: 10},
	}}
	for i := range 10 {
		f.PeakSample = append(f.PeakSample, float64(60*(i+1)))
	}
	return f
}

func TestPlanByHand(t *testing.T) {
	p, err := New(tenDays(), Options{Capacity: 4, Lift: 3, Spare: 1, Replicas: 3})
	if err != nil {
		t.Fatal(err)
	}
	wantNeeds := []Need{
		{P: 0.5, Peak: 6, Needed: 2, Replicas: 3, Utilization: 0.5, Degraded: 0.75},
		{P: 0.9, Peak: 10, Needed: 3, Replicas: 4, Utilization: 0.625, Degraded: 10.0 / 12},
		{P: 0.99, Peak: 10, Needed: 3, Replicas: 4, Utilization: 0.625, Degraded: 10.0 / 12},
		{P: 0.5, Event: true, Peak: 18, Needed: 5, Replicas: 6, Utilization: 0.75, Degraded: 0.9},
		{P: 0.9, Event: true, Peak: 30, Needed: 8, Replicas: 9, Utilization: 30.0 / 36, Degraded: 30.0 / 32},
		{P: 0.99, Event: true, Peak: 30, Needed: 8, Replicas: 9, Utilization: 30.0 / 36, Degraded: 30.0 / 32},
	}
	if !reflect.DeepEqual(p.Needs, wantNeeds) {
		t.Errorf("needs\n%+v\nwant\n%+v", p.Needs, wantNeeds)
	}
	// Three instances do 12/s: above all ten peaks; of the lifted 3, 6, ..., 30
	// they do four. Two do 8/s: two peaks of ten are above, and eight lifted.
	risk := func(k int) Risk { return Risk{float64(k+1) / 11, k == 0} }
	if want := (Now{3, risk(0), risk(6), risk(2), risk(8)}); *p.Now != want {
		t.Errorf("now %+v, want %+v", *p.Now, want)
	}
	want := []RiskPoint{{1, risk(6), risk(9)}, {2, risk(2), risk(8)}, {3, risk(0), risk(6)}, {4, risk(0), risk(5)}, {5, risk(0), risk(4)},
		{6, risk(0), risk(2)}, {7, risk(0), risk(1)}, {8, risk(0), risk(0)}}
	if !reflect.DeepEqual(p.Risk, want) {
		t.Errorf("risk\n%+v\nwant\n%+v", p.Risk, want)
	}
}

// 562.1/80.3 is 7.000000000000001 in float64 and still seven instances.
func TestLastBitsBuyNoInstance(t *testing.T) {
	rate, capacity := 562.1, 80.3
	if got := instances(rate, capacity); got != 7 || !riskOf([]float64{rate}, got, capacity).Beyond {
		t.Errorf("%v/s over %v/s is %d instances, want 7 and nothing above them", rate, capacity, got)
	}
	if got := instances(0, 1); got != 1 {
		t.Errorf("no traffic asks for %d instances, want one", got)
	}
}

func TestRiskIsNeverZero(t *testing.T) {
	for _, c := range []struct {
		risk Risk
		want string
	}{
		{Risk{1.0 / 50, true}, "< 2 %"},
		{Risk{2.0 / 50, false}, "≤ 4 %"},
		{Risk{1, false}, "≤ 100 %"},
	} {
		if got := c.risk.String(); got != c.want {
			t.Errorf("%+v prints %s, want %s", c.risk, got, c.want)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		f    forecast.Forecast
		o    Options
		want string
	}{
		{"no capacity", tenDays(), Options{}, "a capacity of 0/s"},
		{"a capacity that is no number", tenDays(), Options{Capacity: math.NaN()}, "a capacity of NaN/s"},
		{"a negative lift", tenDays(), Options{Capacity: 1, Lift: -2}, "a lift of -2"},
		{"negative spares", tenDays(), Options{Capacity: 1, Spare: -1}, "-1 spare of 0 replicas"},
		{"an empty forecast", forecast.Forecast{}, Options{Capacity: 1}, "the forecast has no peaks"},
	} {
		if _, err := New(c.f, c.o); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

// What holds for any plan.
func TestPlanKeepsItsPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := forecast.Forecast{History: forecast.Facts{BinSeconds: rapid.SampledFrom([]float64{1, 60, 300, 3600}).Draw(t, "bin")}}
		n := rapid.IntRange(99, 300).Draw(t, "peaks") // so that every quantile is among them
		level := 1.0
		for range n {
			level += rapid.Float64Range(0, 1e4).Draw(t, "more")
			f.PeakSample = append(f.PeakSample, level)
		}
		for _, p := range forecast.Quantiles() {
			i := int(math.Ceil(float64(n+1)*p - 1e-9))
			k := forecast.Peak{P: p, PerBin: f.PeakSample[min(i, n)-1]}
			k.PerSecond = k.PerBin / f.History.BinSeconds
			f.Peaks = append(f.Peaks, k)
		}
		o := Options{
			Capacity: rapid.Float64Range(0.01, 1e4).Draw(t, "capacity"),
			Lift:     rapid.Float64Range(1, 500).Draw(t, "lift"),
			Spare:    rapid.IntRange(0, 3).Draw(t, "spare"),
		}
		plan, err := New(f, o)
		if err != nil {
			t.Fatal(err)
		}
		for i, need := range plan.Needs {
			if need.Degraded > 1+1e-9 || need.Utilization > need.Degraded || float64(need.Needed-1)*o.Capacity >= need.Peak && need.Needed > 1 {
				t.Fatalf("not the least that can do it: %+v", need)
			}
			if i%len(f.Peaks) > 0 && need.Needed < plan.Needs[i-1].Needed {
				t.Fatalf("a higher quantile needs less: %+v after %+v", need, plan.Needs[i-1])
			}
			// The quantile and the curve are two views of the same peaks.
			capacity := o.Capacity
			if need.Event {
				capacity /= o.Lift
			}
			if r := riskOf(perSecond(f), need.Needed, capacity); r.AtMost > 1-need.P+1e-9 {
				t.Fatalf("%d instances for the %v quantile leave a risk of %v", need.Needed, need.P, r)
			}
		}
		for i, r := range plan.Risk {
			if r.Event.AtMost < r.Risk.AtMost || r.Risk.AtMost <= 0 || r.Event.AtMost > 1 {
				t.Fatalf("risk %+v", r)
			}
			if i > 0 && (r.Replicas <= plan.Risk[i-1].Replicas || r.Risk.AtMost > plan.Risk[i-1].Risk.AtMost || r.Event.AtMost > plan.Risk[i-1].Event.AtMost) {
				t.Fatalf("risk rises from %+v to %+v", plan.Risk[i-1], r)
			}
		}
		if last := plan.Risk[len(plan.Risk)-1]; !last.Risk.Beyond || !last.Event.Beyond {
			t.Fatalf("the curve ends at %+v, before the last peak", last)
		}
	})
}

func perSecond(f forecast.Forecast) []float64 {
	var peaks []float64
	for _, v := range f.PeakSample {
		peaks = append(peaks, v/f.History.BinSeconds)
	}
	return peaks
}

// The names of the JSON are what others read.
func TestJSONNames(t *testing.T) {
	p, err := New(tenDays(), Options{Capacity: 20, Replicas: 1})
	if err != nil {
		t.Fatal(err)
	}
	p.Assumption = "..."
	p.Needs = p.Needs[:1]
	got, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"capacity_per_second":20,"capacity_lower_bound":false,"lift":1,"spare":0,"assumption":"...",` +
		`"needs":[{"p":0.5,"event":false,"peak_per_second":6,"needed":1,"replicas":1,"utilization":0.3,"utilization_lost":0.3}],` +
		`"now":{"replicas":1,"risk":{"at_most":0.09090909090909091,"beyond":true},"risk_event":{"at_most":0.09090909090909091,"beyond":true},` +
		`"risk_lost":{"at_most":0.09090909090909091,"beyond":true},"risk_lost_event":{"at_most":0.09090909090909091,"beyond":true}},` +
		`"sample":10,"risk":[{"replicas":1,"risk":{"at_most":0.09090909090909091,"beyond":true},"risk_event":{"at_most":0.09090909090909091,"beyond":true}}]}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
