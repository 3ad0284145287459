package sut_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/peakday/peakday/sut"
)

func ExampleStart() {
	ctx := context.Background()
	s, err := sut.Start(ctx, sut.Config{Seed: 20230101, People: 1000})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close(ctx)

	demo := s.Demo()
	login := fmt.Sprintf(`{"id_no":%q,"pin":%q}`, demo.IDNo, demo.PIN)
	res, err := http.Post(s.URL()+"/v1/sessions", "application/json", strings.NewReader(login))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer res.Body.Close()
	fmt.Println(res.Status)
	// Output: 201 Created
}

func ExampleProfileByName() {
	p, err := sut.ProfileByName("legacy-2018")
	if err != nil {
		fmt.Println(err)
		return
	}
	served := float64(p.Workers) / p.Hold.Seconds()
	fmt.Printf("serves %.0f/s; the last of a full queue is answered after %.1f s\n", served, float64(p.Queue)/served+p.Hold.Seconds())
	// Output: serves 80/s; the last of a full queue is answered after 28.0 s
}
