package agency

import (
	"context"
	"time"

	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
)

// A Place is what outlets.near asks for.
type Place struct {
	Lat, Lon float64 // degrees
	Service  string  // one of the twelve services; empty: any
	Open     bool    // only those that are open now, of the hundred nearest
	Limit    int     // 0: ten; at most [population.MostNearby]
}

// Outlets is the answer of outlets.near, the nearest first.
type Outlets struct {
	Items []NearOutlet `json:"items"`
}

// A NearOutlet is an outlet as somebody sees it who looks for one.
type NearOutlet struct {
	ID       string   `json:"outlet"`
	Name     string   `json:"name"`
	Lat      float64  `json:"lat"`
	Lon      float64  `json:"lon"`
	Km       float64  `json:"distance_km"`
	Services []string `json:"services"`
	Open     bool     `json:"open"`  // now
	Night    bool     `json:"night"` // basic services from 18:00 to 22:00 on working days
	Load     int      `json:"load"`  // how busy it usually is: 0 empty to 100 full
}

// Near finds outlets near a point.
func (a *Agency) Near(_ context.Context, now time.Time, p Place) (Outlets, error) {
	service, err := population.ParseService(p.Service)
	if err != nil {
		return Outlets{}, refuse(Malformed, "bad-service", "%v", err)
	}
	if !(p.Lat >= -90 && p.Lat <= 90 && p.Lon >= -180 && p.Lon <= 180) { // NaN is in no range
		return Outlets{}, refuse(Malformed, "bad-place", "near %v,%v: want latitude and longitude in degrees, such as 30.69,111.29", p.Lat, p.Lon)
	}
	if p.Limit == 0 {
		p.Limit = 10
	}
	if p.Limit < 0 || p.Limit > population.MostNearby {
		return Outlets{}, refuse(Malformed, "bad-limit", "limit: want 1 to %d", population.MostNearby)
	}
	look := p.Limit
	if p.Open {
		look = population.MostNearby
	}
	local := now.In(china)
	minute, working := local.Hour()*60+local.Minute(), workdays.Working(rules.Date(Call{Now: now}.Date()))
	found := Outlets{Items: make([]NearOutlet, 0, p.Limit)}
	for _, o := range a.Outlets.Near(p.Lat, p.Lon, service, look) {
		open := o.OpenAt(minute, working)
		if p.Open && !open || len(found.Items) == p.Limit {
			continue
		}
		found.Items = append(found.Items, NearOutlet{
			ID: o.ID, Name: o.Name, Lat: o.Lat, Lon: o.Lon, Km: o.Km, Services: o.Services.Names(), Open: open, Night: o.Night, Load: o.Load,
		})
	}
	return found, nil
}
