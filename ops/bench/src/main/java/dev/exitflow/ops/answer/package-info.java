/** The answers to a run of images: who reads them, when they came, and at which rate. */
package dev.exitflow.ops.answer;
