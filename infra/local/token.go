package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/parleychat/parley/infra/local/issuer"
	"github.com/parleychat/parley/shared/identity"
)

// printToken prints a token for somebody of the demo directory, or for anybody
// else with the role.
func printToken(s settings, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: local token ROLE NAME, as in: local token technician alice")
	}
	role, name := identity.Role(args[0]), args[1]
	i, err := issuer.Open(issuerURL(s), s.data)
	if err != nil {
		return err
	}
	people, err := issuer.People()
	if err != nil {
		return err
	}
	claims := madeUp(role, name)
	at := slices.IndexFunc(people, func(p issuer.Person) bool { return p.Key == name && p.Parley.Role == role })
	if at >= 0 {
		claims = people[at].Claims
	}
	if _, err := identity.FromClaims(issuerURL(s), name, claims); err != nil {
		return err
	}
	token, err := i.Token(name, claims, time.Now())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(os.Stdout, token)
	return err
}

// madeUp are the claims of somebody who is not in the demo directory: a
// technician for both companies, or somebody of acme.
func madeUp(role identity.Role, name string) identity.Claims {
	var c identity.Claims
	c.Name = strings.ToUpper(name[:1]) + name[1:]
	c.Parley.Role = role
	if role == identity.Technician {
		c.Parley.Companies, c.Parley.Capabilities = []string{"acme", "globex"}, []identity.Capability{identity.Direct}
		return c
	}
	c.Parley.Company = "acme"
	return c
}

func issuerURL(s settings) string { return "http://" + s.portal.address + "/issuer" }
