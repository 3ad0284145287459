package gateway_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

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
	fmt.Println(answer.Code, answer.Body, answer.Header().Get("Guard-Decision"))
	// Output: 200 paid admitted
}
