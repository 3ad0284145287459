package gateway_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/peakday/peakday/sut/admission"
	"github.com/peakday/peakday/sut/gateway"
)

func ExampleGuard_Middleware() {
	service := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "paid")
	})
	guard, err := gateway.New(gateway.Config{
		Routes: []gateway.Route{{Method: "POST", Pattern: "/payments", Op: "payments.pay", Class: admission.P0}},
	})
	if err != nil {
		panic(err)
	}
	answer := httptest.NewRecorder()
	guard.Middleware(service).ServeHTTP(answer, httptest.NewRequest("POST", "/payments", nil))
	decision, _, _ := strings.Cut(answer.Header().Get("Guard-Decision"), ";") // one in 1,024 has an id
	fmt.Println(answer.Code, answer.Body, decision)
	// Output: 200 paid admitted
}
