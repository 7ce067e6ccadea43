/** A small installation in this process: a broker, topics and processors. */
package dev.exitflow.ops.local;
