// Package server puts the embedded backup service on a port: with what clients of Azure need to find it and to sign in,
// limits against abuse, health, metrics and a log.
package server
