/*
 * The four functions of BLAS that liblinear asks for, in the plainest form: sums run in
 * one order, so that a model comes out the same wherever it is made. A tuned BLAS adds in
 * an order of its own, and is a library more to link.
 */
#include <math.h>

double dnrm2_(int *n, double *x, int *step);
double ddot_(int *n, double *x, int *x_step, double *y, int *y_step);
int daxpy_(int *n, double *a, double *x, int *x_step, double *y, int *y_step);
int dscal_(int *n, double *a, double *x, int *step);

double dnrm2_(int *n, double *x, int *step)
{
    return sqrt(ddot_(n, x, step, x, step));
}

double ddot_(int *n, double *x, int *x_step, double *y, int *y_step)
{
    double sum = 0;
    for (int i = 0; i < *n; i++)
        sum += x[i * *x_step] * y[i * *y_step];
    return sum;
}

int daxpy_(int *n, double *a, double *x, int *x_step, double *y, int *y_step)
{
    for (int i = 0; i < *n; i++)
        y[i * *y_step] += *a * x[i * *x_step];
    return 0;
}

int dscal_(int *n, double *a, double *x, int *step)
{
    for (int i = 0; i < *n; i++)
        x[i * *step] *= *a;
    return 0;
}
