/** The processor instances of one installation: their names, who is alive, and what each says of itself on the acks topic. */
package dev.exitflow.schema.instance;
