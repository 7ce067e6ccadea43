/**
 * The topics of one installation: their names and contracts, whether a cluster has them as they must be, the headers of dead letters, and
 * a reader that leaves no trace.
 */
package dev.exitflow.schema.topic;
