// Without an argument it answers on port 8080 with the name of its host; with an address it asks there and prints what
// comes back, so that one image is both ends of a test.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) > 1 {
		return ask(os.Args[1])
	}
	name, err := os.Hostname()
	if err != nil {
		return err
	}
	// PID 1 of a container has no default for it, and a pod would take its whole grace period to end.
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM)
	go func() {
		<-end
		os.Exit(0)
	}()
	return http.ListenAndServe(":8080", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, name)
	}))
}

func ask(address string) error {
	client := http.Client{Timeout: 5 * time.Second}
	response, err := client.Get(address)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", address, response.Status)
	}
	_, err = io.Copy(os.Stdout, response.Body)
	return err
}
