/** What happens on a cluster now, drawn on a terminal. */
package dev.exitflow.ops.live;
