// Package gateway puts admission before a service.
package gateway
